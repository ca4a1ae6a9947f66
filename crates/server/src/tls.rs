//! Connections over TLS: the certificate and its key from files, and nothing older than TLS 1.2.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};

use crate::{ServeError, Tls};

/// Reads a certificate and its key.
pub(crate) fn configuration(tls: &Tls) -> Result<Arc<ServerConfig>, ServeError> {
    let wrong = |file: &Path, why: String| ServeError::Configuration { file: file.display().to_string(), why };
    let unreadable = |file: &Path| {
        let file = file.to_path_buf();
        move |e: pem::Error| wrong(&file, format!("{e}; expected PEM"))
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(&tls.certificate))?;
    if chain.is_empty() {
        return Err(wrong(&tls.certificate, "holds no certificate; expected PEM".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(unreadable(&tls.key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(&tls.certificate, e.to_string()))?;
    let mut config = builder
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| wrong(&tls.certificate, format!("does not go with the key {}: {e}", tls.key.display())))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves over TLS until the process ends.
pub(crate) async fn serve(listener: TcpListener, config: Arc<ServerConfig>, router: Router) -> io::Result<()> {
    let config = RustlsConfig::from_config(config);
    from_tcp_rustls(listener, config)?.serve(router.into_make_service()).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::path::PathBuf;
    use std::process::Command;
    use std::sync::mpsc;
    use std::time::Duration;

    use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

    use super::*;
    use crate::{Options, Told};

    /// A certificate for localhost that is its own authority, and its key.
    fn certificate(folder: &Path, name: &str) -> Tls {
        let text = "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=localhost\n[ext]\n\
                    subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n";
        let (config, file) = (folder.join("openssl.cnf"), |end: &str| folder.join(format!("{name}.{end}")));
        std::fs::write(&config, text).unwrap();
        let tls = Tls { certificate: file("crt"), key: file("key") };
        let arguments = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
        let mut openssl = Command::new("openssl");
        openssl.arg("req").args(arguments).arg("-config").arg(&config);
        let made = openssl.arg("-keyout").arg(&tls.key).arg("-out").arg(&tls.certificate).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        tls
    }

    /// A server of an empty case; where it listens, and the token of the link that it tells.
    fn serve(root: PathBuf, tls: Tls) -> (String, String) {
        tutela_case::Case::init(&root, "maker").unwrap();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let options = Options {
                cases: vec![root],
                listen: "127.0.0.1:0".parse().unwrap(),
                who: "tester".to_owned(),
                tls: Some(tls),
                names: Vec::new(),
                provider: None,
                upload_bytes_max: 1 << 20,
            };
            crate::serve(
                &options,
                Box::new(move |what: &Told| {
                    // What is told later nobody waits for.
                    let _told = tell.send(what.clone());
                }),
            )
        });
        let next = || told.recv_timeout(Duration::from_secs(30)).unwrap();
        let Told::Listening { origin, .. } = next() else { unreachable!() };
        let Told::SignIn { url } = next() else { unreachable!() };
        (origin.strip_prefix("https://").unwrap().to_owned(), url.split('#').next_back().unwrap().to_owned())
    }

    /// Sends a request as a client that trusts one certificate alone; gives the whole answer.
    fn ask(address: &str, trusted: &Tls, method: &str, path: &str, body: &str) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&trusted.certificate).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        let client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let mut stream = StreamOwned::new(client, TcpStream::connect(address)?);
        stream.write_all(request(address, method, path, body).as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn request(address: &str, method: &str, path: &str, body: &str) -> String {
        let port = address.split(':').next_back().unwrap();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
    }

    #[test]
    fn over_tls_one_is_answered_by_the_right_certificate_and_nobody_without_tls() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, others) = (certificate(folder.path(), "ours"), certificate(folder.path(), "others"));
        let (address, token) = serve(folder.path().join("case"), ours.clone());
        let ways = ask(&address, &ours, "GET", "/api/v1/session/ways", "").unwrap();
        assert!(ways.starts_with("HTTP/1.1 200") && ways.contains(r#""link":true"#), "{ways}");
        assert!(ways.to_lowercase().contains("strict-transport-security: max-age="), "{ways}");

        // A client that trusts another certificate of the same name breaks off before it sends anything.
        let refused = ask(&address, &others, "GET", "/api/v1/session/ways", "").unwrap_err();
        assert!(refused.to_string().contains("certificate"), "{refused}");

        // Without TLS there is no answer, and the token still signs in afterwards: nothing was taken from the request.
        let body = format!("{{\"token\":\"{token}\"}}");
        let mut plain = TcpStream::connect(&address).unwrap();
        plain.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        plain.write_all(request(&address, "POST", "/api/v1/session", &body).as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ends = plain.read_to_end(&mut answer);
        assert!(!answer.windows(4).any(|part| part == b"HTTP") && answer.len() < 32, "{answer:?}");
        let signed_in = ask(&address, &ours, "POST", "/api/v1/session", &body).unwrap();
        assert!(signed_in.starts_with("HTTP/1.1 200") && signed_in.contains("; Secure"), "{signed_in}");
    }

    #[test]
    fn a_certificate_without_its_key_is_refused_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, others) = (certificate(folder.path(), "ours"), certificate(folder.path(), "others"));
        assert!(configuration(&ours).is_ok());
        let mixed = Tls { certificate: ours.certificate.clone(), key: others.key };
        assert!(configuration(&mixed).unwrap_err().to_string().contains("does not go with the key"));
        let swapped = Tls { certificate: ours.key.clone(), key: ours.certificate };
        assert!(configuration(&swapped).unwrap_err().to_string().contains("PEM"));
    }
}
