//! Remembered devices.

texts! {
    /// [MSG1]
    device_not_found() = ResourceNotFoundException, "Device does not exist.";
    /// [FIELD]: boto3 #4059, amplify-js #2087
    invalid_device_key() = InvalidParameterException, "Invalid device key given.";
    /// unverified; the code is AWS's
    device_key_exists() = DeviceKeyExistsException, "Device key already exists.";
    /// unverified; the code is AWS's
    devices_not_tracked() = InvalidUserPoolConfigurationException, "Device tracking is not enabled for the user pool.";
    /// unverified
    invalid_device_verifier() = InvalidParameterException, "Invalid password verifier given.";
    /// unverified
    invalid_device_salt() = InvalidParameterException, "Invalid salt given.";
    /// unverified; the model does not list UserNotFoundException for AdminGetDevice and AdminListDevices
    device_owner_not_found() = ResourceNotFoundException, "User does not exist.";
}
