//! Embeds the workbench that `npm run build` left in `web/dist/workbench`. Without it the server is built just the same
//! and says that it has no workbench.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let dist = manifest.join("../../web/dist");
    // The folder itself is committed: cargo would run this for every build if it were not there.
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");
    let root = dist.join("workbench");
    let mut files = Vec::new();
    if root.join("index.html").exists() {
        collect(&root, &mut files)?;
    }
    files.sort();
    let mut text = String::from("static EMBEDDED: &[Asset] = &[\n");
    for file in &files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let mut hasher = DefaultHasher::new();
        fs::read(file)?.hash(&mut hasher);
        let full = fs::canonicalize(file)?;
        writeln!(
            text,
            "    Asset {{ path: {name:?}, etag: \"\\\"{:016x}\\\"\", bytes: include_bytes!({:?}) }},",
            hasher.finish(),
            full.display().to_string()
        )
        .map_err(io::Error::other)?;
    }
    text.push_str("];\n");
    fs::write(out.join("embedded.rs"), text)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
