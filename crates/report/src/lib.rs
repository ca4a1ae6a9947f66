//! What leaves a case: the dossier, the defence bundle, and exports for other tools.
