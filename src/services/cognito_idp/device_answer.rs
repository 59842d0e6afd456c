//! Devices as answers give them, and what a refused request about one is told.

use serde::Serialize;

use super::answers::Attribute;
use crate::kit::clock::Timestamp;
use crate::userpools::device::Device;

/// DeviceType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceAnswer {
    device_key: String,
    device_attributes: Vec<Attribute>,
    device_create_date: Timestamp,
    device_last_modified_date: Timestamp,
    device_last_authenticated_date: Timestamp,
}

impl From<Device> for DeviceAnswer {
    fn from(device: Device) -> Self {
        let attributes = [
            ("device_status", Some(device.status.as_str().to_owned())),
            ("device_name", device.name),
            ("last_ip_used", device.last_ip_used),
        ];
        let attribute = |(name, value): (&str, Option<String>)| Some(Attribute { name: name.to_owned(), value: value? });
        Self {
            device_key: device.key,
            device_attributes: attributes.into_iter().filter_map(attribute).collect(),
            device_create_date: device.created_at,
            device_last_modified_date: device.modified_at,
            device_last_authenticated_date: device.authenticated_at,
        }
    }
}

/// The answer that is a device.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    device: DeviceAnswer,
}

impl From<Device> for Response {
    fn from(device: Device) -> Self {
        Self { device: device.into() }
    }
}

/// A page of devices.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page {
    devices: Vec<DeviceAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

impl Page {
    /// These devices, and where the next page begins.
    pub fn of(devices: Vec<Device>, pagination_token: Option<String>) -> Self {
        Self { devices: devices.into_iter().map(DeviceAnswer::from).collect(), pagination_token }
    }
}
