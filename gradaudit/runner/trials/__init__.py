"""One trial: inputs drawn, the subject wired and run, its gradients checked, what is wrong put into words."""
