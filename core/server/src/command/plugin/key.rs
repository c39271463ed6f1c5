//! `gatewright plugin key`: a key pair to sign plugins with.

use super::super::error::CommandError;
use super::error::PluginError;
use clap::Args;
use gatewright_domain::plugin_key::KeyName;
use gatewright_signing::{PluginKeyError, PluginSigner};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Make a key pair to sign plugins with
///
/// Two PEM files, as `openssl genpkey -algorithm ed25519` makes them: NAME.key.pem signs and is readable by you alone;
/// NAME.pub.pem is for those who verify. Files that are there already are left alone.
#[derive(Debug, Args)]
pub(super) struct KeyArguments {
    /// What operators will call it
    #[arg(value_name = "NAME", value_parser = |text: &str| KeyName::try_from(text))]
    name: KeyName,
    /// Folder to make the files in
    #[arg(long, value_name = "DIR", default_value = ".")]
    into: PathBuf,
}

pub(super) fn run(arguments: &KeyArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let KeyArguments { name, into } = arguments;
    let of = |half: &str| match into.as_os_str() == "." {
        true => PathBuf::from(format!("{name}.{half}.pem")),
        false => into.join(format!("{name}.{half}.pem")),
    };
    let (private, public) = (of("key"), of("pub"));
    let unmade = |why: PluginKeyError| PluginError::Key { path: private.clone(), why };
    let signer = PluginSigner::generate().map_err(unmade)?;
    let secret = signer.to_pem().map_err(unmade)?;
    create(&private, &secret, true)?;
    if let Err(error) = signer.public_pem().map_err(unmade).and_then(|pem| create(&public, &pem, false)) {
        // A private key alone would be in the way of the next try.
        let removed = fs::remove_file(&private);
        removed.map_err(|cause| PluginError::File { path: private.clone(), cause })?;
        return Err(error.into());
    }
    writeln!(out, "{}  the private key: whoever has it signs as {name}", private.display())?;
    writeln!(out, "{}  the public key\n", public.display())?;
    writeln!(out, "To know it by that name, say in the server's configuration:\n")?;
    writeln!(out, "[policy.plugin_signatures.keys]\n{name} = \"{}\"", signer.public().map_err(unmade)?)?;
    Ok(())
}

/// Makes a file that is not there yet.
fn create(path: &Path, content: &[u8], is_secret: bool) -> Result<(), PluginError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_secret {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file: File| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => PluginError::Occupied(path.to_owned()),
        _ => PluginError::File { path: path.to_owned(), cause },
    })
}
