//! Taking the addresses to listen on.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted, per address.
const BACKLOG: u32 = 1024;

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", cause(error))]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// Why.
    pub error: io::Error,
}

/// Listens on one port of several addresses. With port 0 the system chooses one, the same for all.
///
/// An IPv6 address that this host does not have is left out when another one could be taken, so that
/// `localhost` works where IPv6 is off.
///
/// # Errors
/// When an address is in use, not this host's, or not permitted.
pub fn bind(addresses: &[IpAddr], port: u16) -> Result<Vec<TcpListener>, BindError> {
    let mut listeners: Vec<TcpListener> = Vec::with_capacity(addresses.len());
    let mut left_out = None;
    let mut port = port;
    for address in addresses {
        let address = SocketAddr::new(*address, port);
        match listen(address) {
            Ok(listener) => {
                port = listener.local_addr().map_or(port, |local| local.port());
                listeners.push(listener);
            }
            Err(error) if address.is_ipv6() && is_absent(&error) => {
                left_out = Some(BindError { address, error });
            }
            Err(error) => return Err(BindError { address, error }),
        }
    }
    match left_out {
        Some(error) if listeners.is_empty() => Err(error),
        Some(error) => {
            tracing::warn!(%error, "going on without this address");
            Ok(listeners)
        }
        None => Ok(listeners),
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restart need not wait for the last run's connections to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
        // EAFNOSUPPORT: a kernel without IPv6. It has no kind of its own.
        || error.raw_os_error() == Some(97)
}

fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is in use: stop the program that has it, or set server.port (or server.mtls_port) to another".into()
        }
        io::ErrorKind::AddrNotAvailable => "this host has no such address: see server.bind".into(),
        io::ErrorKind::PermissionDenied => {
            "not permitted: ports below 1024 need the capability CAP_NET_BIND_SERVICE, or set server.port to a higher one"
                .into()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn a_port_in_use_is_named_with_the_cure() {
        let first = bind(&[LOCAL], 0).unwrap();
        let port = first[0].local_addr().unwrap().port();
        let error = bind(&[LOCAL], port).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("cannot listen on 127.0.0.1:{port}: the port is in use")),
            "{error}"
        );
    }

    #[tokio::test]
    async fn all_addresses_share_the_chosen_port() {
        let both = bind(&[LOCAL, IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))], 0).unwrap();
        let ports: Vec<u16> = both.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        assert_eq!((ports.len(), ports[0]), (2, ports[1]));
    }

    #[tokio::test]
    async fn an_address_of_another_host_is_refused() {
        let stranger = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        assert!(bind(&[LOCAL, stranger], 0).unwrap_err().to_string().contains("no such address"));
        let absent = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
        assert_eq!(bind(&[LOCAL, absent], 0).unwrap().len(), 1, "an IPv6 address beside another is left out");
        assert!(bind(&[absent], 0).is_err());
    }
}
