//! Values as they are written, and as they are shown.

use std::{net::IpAddr, time::Duration};

use ipnet::IpNet;

use super::{Hidden, Quota};

pub(super) fn shown(value: Option<&str>) -> String {
    value.unwrap_or("(not set)").to_owned()
}

pub(super) fn switch(value: &str) -> Result<bool, String> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("it is on or off".to_owned()),
    }
}

pub(super) fn quota(value: &str) -> Result<Quota, String> {
    let wrong = || "it is three numbers, such as 600,1200,6000".to_owned();
    let numbers: Result<Vec<u32>, String> = value
        .split(',')
        .map(|part| number(part.trim(), 1, 1_000_000))
        .collect();
    match numbers?.as_slice() {
        &[address, member, key] => Ok(Quota {
            address,
            member,
            key,
        }),
        _ => Err(wrong()),
    }
}

pub(super) fn mail(value: &str) -> Result<Hidden, String> {
    crate::mail::Route::parse(value).map(|_| Hidden::new(value))
}

/// Without the password.
pub(super) fn mail_shown(value: &Hidden) -> String {
    match url::Url::parse(value.expose()) {
        Ok(mut url) if url.password().is_some() => {
            // Only a URL without a host refuses a password, and this one had one.
            let _ = url.set_password(Some("hidden"));
            url.to_string()
        }
        _ => value.expose().to_owned(),
    }
}

pub(super) fn number<T>(value: &str, low: T, high: T) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display + Copy,
{
    value
        .parse()
        .ok()
        .filter(|number| *number >= low && *number <= high)
        .ok_or_else(|| format!("it is a whole number from {low} to {high}"))
}

pub(super) fn seconds(value: &str, low: u64, high: u64) -> Result<Duration, String> {
    number(value, low, high).map(Duration::from_secs)
}

pub(super) fn address(value: &str) -> Result<String, String> {
    let fits = value
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if fits {
        Ok(value.to_owned())
    } else {
        Err("it is host:port, such as 127.0.0.1:8080".to_owned())
    }
}

pub(super) fn list<T>(value: &str, one: fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(one)
        .collect()
}

/// A network as it was written: a single address without its length.
pub(super) fn one_network(network: &IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        network.addr().to_string()
    } else {
        network.to_string()
    }
}

/// A network, or a single address as the network that holds it alone.
pub(super) fn network(value: &str) -> Result<IpNet, String> {
    value
        .parse::<IpAddr>()
        .map(IpNet::from)
        .or_else(|_| value.parse())
        .map_err(|_| format!("{value} is no address and no network such as 10.0.0.0/8"))
}

/// An origin as browsers write it: nothing behind the host and port.
pub(super) fn origin(value: &str) -> Result<String, String> {
    let refused = || format!("{value} is no origin such as https://news.example");
    let url = url::Url::parse(value).map_err(|_| refused())?;
    let web = matches!(url.scheme(), "http" | "https");
    let written = url.origin().ascii_serialization();
    if web && written == value.trim_end_matches('/') {
        Ok(written)
    } else {
        Err(refused())
    }
}

pub(super) fn web_url(value: &str) -> Result<String, String> {
    let url = url::Url::parse(value)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    match url {
        Some(url) if url.query().is_none() && url.fragment().is_none() => {
            Ok(value.trim_end_matches('/').to_owned())
        }
        _ => Err("it is an address such as https://news.example".to_owned()),
    }
}
