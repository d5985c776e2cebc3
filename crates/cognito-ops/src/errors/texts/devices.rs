//! Remembered devices.

texts! {
    /// [MSG1]
    device_not_found() = ResourceNotFoundException, "Device does not exist.";
}
