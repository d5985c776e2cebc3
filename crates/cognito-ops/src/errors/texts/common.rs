//! Errors of the protocol, and our own: those that the model lists for no operation.

use crate::errors::ApiError;

common! {
    /// No operation of that name. Status: API CommonErrors; text unverified.
    unknown_operation() = "UnknownOperationException" 404, "The operation is not known to the service.";
    /// The body is not what the protocol wants. Name: specification 1.2; text unverified.
    serialization(detail: &str) = "SerializationException" 400, "{detail}";
    /// The body is over the limit. Status: API CommonErrors; text unverified.
    too_large() = "RequestEntityTooLargeException" 413, "The request is too large.";
    /// A content type that browsers send without asking. Our own rule (specification 10.5, H8).
    unsupported_media_type() = "UnsupportedMediaTypeException" 415, "The content type must be application/x-amz-json-1.1.";
    /// An IAM operation without a signature. AWS's front-end text.
    missing_authentication_token() = "MissingAuthenticationTokenException" 403, "Missing Authentication Token";
    /// A signature that cannot be read. Status: API CommonErrors; text unverified.
    incomplete_signature(detail: &str) = "IncompleteSignatureException" 403, "{detail}";
    /// A signature that is not right. AWS's front-end text.
    invalid_signature() = "InvalidSignatureException" 403, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
    /// A signature of another time. Text unverified.
    signature_expired() = "InvalidSignatureException" 403, "Signature expired: the date of the request is more than 15 minutes away from the server's.";
    /// A key that is not configured. AWS's front-end text.
    unrecognized_client() = "UnrecognizedClientException" 403, "The security token included in the request is invalid.";
    /// A failure of ours.
    internal() = "InternalErrorException" 500, "Something went wrong.";
    /// A `Host` that is not ours: DNS rebinding ends here. Our own rule.
    host_not_allowed() = "ForbiddenException" 403, "The Host header names no host of this server.";
    /// A page of another origin calls an IAM operation. Our own rule.
    origin_not_allowed() = "ForbiddenException" 403, "The origin may not call this operation.";
    /// The server does not offer this path. Our own.
    not_found() = "ResourceNotFoundException" 404, "There is nothing at this path.";
    /// A prefix domain that no pool has. At AWS there would be nobody to ask. Our own.
    no_such_domain() = "ResourceNotFoundException" 404, "No user pool has this domain.";
    /// The path does not take this method. Our own.
    method_not_allowed() = "MethodNotAllowedException" 405, "The path does not take this method.";
    /// A tool of ours that is off or wants its token. Our own.
    tool_not_allowed() = "ForbiddenException" 403, "This tool is not available to the caller.";
    /// An operation that awsemu does not offer yet. Our own.
    not_implemented(operation: &str) = "NotImplementedException" 501, "awsemu does not offer {operation} yet.";
    /// A query parameter of one of our own tools is wrong. Our own.
    bad_tool_request(detail: &str) = "InvalidParameterException" 400, "{detail}";
    /// A body that breaks off or is compressed. Name and status: API CommonErrors; text unverified.
    malformed_request(detail: &str) = "MalformedHttpRequestException" 400, "{detail}";
    /// A link for the file of an import job that is wrong, too old or used up. Name and status are those of S3.
    upload_denied() = "AccessDenied" 403, "The link does not, or no longer, take a file.";
    /// The file of an import job has a line that no row can have. Our own.
    import_file_line() = "InvalidRequest" 400, "The file has a line of more than 16,000 characters.";
    /// The file of an import job is not text. Our own.
    import_file_encoding() = "InvalidRequest" 400, "The file is not UTF-8.";
    /// A body that takes too long. Our own.
    request_timeout() = "RequestTimeoutException" 408, "The body of the request did not arrive in time.";
    /// JWKS or discovery of a pool that does not exist. Our own status; the text is that of `pool_not_found`.
    no_pool_document(id: &str) = "ResourceNotFoundException" 404, "User pool {id} does not exist.";
}
