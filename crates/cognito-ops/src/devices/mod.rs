//! Devices: confirming, remembering and forgetting those that users sign in from.

mod admin_forget_device;
mod admin_get_device;
mod admin_list_devices;
mod admin_update_device_status;
mod confirm_device;
mod forget_device;
mod get_device;
mod list_devices;
mod update_device_status;

use crate::table::operations;

operations! {
    AdminForgetDevice => admin_forget_device,
    AdminGetDevice => admin_get_device,
    AdminListDevices => admin_list_devices,
    AdminUpdateDeviceStatus => admin_update_device_status,
    ConfirmDevice => confirm_device,
    ForgetDevice => forget_device,
    GetDevice => get_device,
    ListDevices => list_devices,
    UpdateDeviceStatus => update_device_status,
}
