//! Remembers by content what was made from what, so that a step whose inputs did not change is skipped.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::workspace::Workspace;

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash of a file's content.
pub fn hash_file(path: &Path) -> Result<String> {
    Ok(hash(&fs::read(path).with_context(|| format!("cannot read {}", path.display()))?))
}

/// Does `step` unless its last success had the same `inputs` and left all of `outputs`. True if it was done now.
pub fn unless_same(
    ws: &Workspace,
    name: &str,
    inputs: &[&str],
    outputs: &[&Path],
    step: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    let stamp = ws.workbench().join("stamps").join(name);
    let now = hash(inputs.join("\n").as_bytes());
    if outputs.iter().all(|path| path.exists()) && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(false);
    }
    // A step that is interrupted half-way must be done again.
    if stamp.exists() {
        fs::remove_file(&stamp).with_context(|| format!("cannot remove {}", stamp.display()))?;
    }
    step()?;
    fs::create_dir_all(ws.workbench().join("stamps")).context("cannot make the folder of stamps")?;
    fs::write(&stamp, now).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::{env, process};

    use super::*;

    #[test]
    fn a_step_is_done_once_per_input_and_again_when_its_output_is_gone() -> Result<()> {
        let target = env::temp_dir().join(format!("slh-stamp-{}", process::id()));
        fs::create_dir_all(&target)?;
        let ws = Workspace { root: target.clone(), target: target.clone() };
        let output = target.join("output");
        let count = Cell::new(0);
        let make = |input: &str| {
            unless_same(&ws, "step", &[input], &[&output], || {
                count.set(count.get() + 1);
                Ok(fs::write(&output, input)?)
            })
        };

        assert!(make("a")?);
        assert!(!make("a")?);
        assert!(make("b")?);
        fs::remove_file(&output)?;
        assert!(make("b")?);
        assert_eq!(count.get(), 3);

        fs::remove_dir_all(&target)?;
        Ok(())
    }

    #[test]
    fn a_failed_step_is_not_remembered() -> Result<()> {
        let target = env::temp_dir().join(format!("slh-stamp-failed-{}", process::id()));
        fs::create_dir_all(&target)?;
        let ws = Workspace { root: target.clone(), target: target.clone() };
        assert!(unless_same(&ws, "step", &["a"], &[], || anyhow::bail!("no")).is_err());
        assert!(unless_same(&ws, "step", &["a"], &[], || Ok(()))?);
        fs::remove_dir_all(&target)?;
        Ok(())
    }
}
