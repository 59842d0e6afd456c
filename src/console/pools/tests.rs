//! The pages of user pools, as a browser without JavaScript sees them.
