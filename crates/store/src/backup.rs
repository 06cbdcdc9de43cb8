//! Backup, and the proof that it can be restored.
