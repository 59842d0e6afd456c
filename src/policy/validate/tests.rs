//! Every check finds its case and lets its near miss pass.
