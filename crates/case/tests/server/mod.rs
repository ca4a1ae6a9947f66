//! A PostgreSQL server of the tests' own: in a folder of its own, on a socket in it, stopped when no test needs it any more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "test code"
)]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

const MISSING: &str =
    "PostgreSQL's server programs (initdb, postgres, psql) are not installed; on Debian: apt install postgresql";
/// The role that owns everything.
pub const USER: &str = "tutela";
pub const PASSWORD: &str = "one for the tests";

pub struct Server {
    dir: tempfile::TempDir,
    bin: PathBuf,
    process: Mutex<Option<Child>>,
    /// Where it listens beside its socket.
    pub port: u16,
    tls: bool,
}

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// The server that all tests of a program share.
pub fn shared() -> Arc<Server> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return server;
    }
    let server = Arc::new(Server::start(false));
    *shared = Arc::downgrade(&server);
    server
}

/// The folder of the newest server there is.
fn programs() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for version in fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok) {
        let bin = version.path().join("bin");
        let number = version.file_name().to_string_lossy().parse().unwrap_or(0);
        if bin.join("initdb").exists() && bin.join("postgres").exists() {
            found.push((number, bin));
        }
    }
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut elsewhere =
        std::env::split_paths(&path).filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists());
    found.pop().map(|(_, bin)| bin).or_else(|| elsewhere.next()).expect(MISSING)
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Whom the server runs as: it refuses to run as root.
fn other_user() -> Option<(String, String)> {
    if said(Command::new("id").arg("-u")) != "0" {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|user| {
        let id = |flag: &str| {
            let output = Command::new("id").args([flag, user]).output().unwrap();
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        Some((id("-u")?, id("-g")?))
    })
}

impl Server {
    /// Starts a server that nobody else has; by TLS it asks for a password.
    pub fn start(tls: bool) -> Self {
        let bin = programs();
        // A socket's path is short.
        let dir = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { dir, bin, process: Mutex::new(None), port, tls };
        server.own_folder();
        let data = server.data();
        let mut init = server.program("initdb");
        init.args([
            "-D",
            &data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]);
        said(&mut init);
        if tls {
            server.make_certificates();
            server.own_folder();
        }
        server.run();
        if tls {
            server.psql(&format!("ALTER ROLE {USER} PASSWORD '{PASSWORD}'"));
            let rules = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
            fs::write(Path::new(&data).join("pg_hba.conf"), rules).unwrap();
            server.psql("SELECT pg_reload_conf()");
        }
        server
    }

    fn own_folder(&self) {
        if let Some((user, group)) = other_user() {
            said(Command::new("chown").args(["-R", &format!("{user}:{group}")]).arg(self.dir.path()));
        }
    }

    fn data(&self) -> String {
        self.dir.path().join("data").to_string_lossy().into_owned()
    }

    pub fn file(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn program(&self, name: &str) -> Command {
        let program = self.bin.join(name);
        let mut command = match other_user() {
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", &user, "--regid", &group, "--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(self.dir.path()).env("LC_ALL", "C");
        command
    }

    /// Starts it, or starts it again. What the system holds outlives a killed process, so nothing waits for the disk.
    pub fn run(&self) {
        let mut command = self.program("postgres");
        command.args(["-D", &self.data(), "-k", &self.dir.path().to_string_lossy(), "-p", &self.port.to_string()]);
        for setting in ["fsync=off", "autovacuum=off", "max_connections=60", "shared_buffers=16MB"] {
            command.args(["-c", setting]);
        }
        let address = if self.tls { "listen_addresses=127.0.0.1" } else { "listen_addresses=" };
        command.args(["-c", address]);
        if self.tls {
            let (cert, key) = (self.file("server.pem"), self.file("server.key"));
            command.args([
                "-c",
                "ssl=on",
                "-c",
                &format!("ssl_cert_file={cert}"),
                "-c",
                &format!("ssl_key_file={key}"),
            ]);
        }
        let log = fs::File::create(self.dir.path().join("log")).unwrap();
        *self.process.lock().unwrap() = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let since = Instant::now();
        while !self.ask("SELECT 1").status.success() {
            let log = || fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            assert!(since.elapsed() < Duration::from_secs(60), "the server does not start: {}", log());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Stops it at once, as a loss of power would.
    pub fn stop(&self) {
        let mut stop = self.program("pg_ctl");
        let _gone = stop.args(["stop", "-s", "-m", "immediate", "-D", &self.data()]).output();
        if let Some(mut process) = self.process.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _gone = process.wait();
        }
    }

    /// Its address: by its socket, or by TLS.
    pub fn url(&self) -> String {
        if self.tls {
            let roots = self.file("ca.pem").replace('/', "%2F");
            return format!("postgresql://{USER}@127.0.0.1:{}/postgres?sslmode=require&sslrootcert={roots}", self.port);
        }
        self.socket_url()
    }

    pub fn socket_url(&self) -> String {
        format!("postgresql://{USER}@{}:{}/postgres", self.dir.path().to_string_lossy().replace('/', "%2F"), self.port)
    }

    fn ask(&self, sql: &str) -> Output {
        let mut command = Command::new(self.bin.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.socket_url(), "-c", sql]);
        command.output().expect(MISSING)
    }

    /// Does something in the database as its owner would.
    pub fn psql(&self, sql: &str) -> String {
        let output = self.ask(sql);
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// An authority of certificates, and the server's own by it.
    fn make_certificates(&self) {
        let openssl = |args: &[&str]| said(Command::new("openssl").args(args).current_dir(self.dir.path()));
        let name = "subjectAltName=IP:127.0.0.1";
        fs::write(self.dir.path().join("server.ext"), format!("{name}\nextendedKeyUsage=serverAuth\n")).unwrap();
        let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let ca = [
            "req",
            "-x509",
            "-days",
            "2",
            "-subj",
            "/CN=authority of the tests",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ];
        openssl(&[&ca[..], &new].concat());
        let request = ["req", "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr"];
        openssl(&[&request[..], &new].concat());
        let sign =
            ["x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        openssl(&[&sign[..], &["-extfile", "server.ext", "-out", "server.pem"]].concat());
        said(Command::new("chmod").args(["600", &self.file("server.key")]));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The schema that a case notes.
pub fn schema_of(case: &Path) -> String {
    let note: serde_json::Value = serde_json::from_slice(&fs::read(case.join("store.json")).unwrap()).unwrap();
    note["schema"].as_str().unwrap().to_owned()
}
