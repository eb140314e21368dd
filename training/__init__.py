"""Training and evaluation: everything that learns from, or is judged against, labelled documents."""
