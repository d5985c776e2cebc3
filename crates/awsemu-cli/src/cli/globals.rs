//! The options that every client command has, named and meant as in the AWS CLI.

use clap::{Args, ValueEnum};

use super::output::emit::Format;

/// When tables are coloured.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Always.
    On,
    /// Never.
    Off,
    /// On a terminal.
    Auto,
}

/// The form of inline binary parameters.
#[derive(Debug, Copy, Clone, PartialEq, Eq, ValueEnum)]
pub enum BinaryFormat {
    /// They are base64 text.
    Base64,
    /// They are the bytes themselves.
    RawInBase64Out,
}

/// The global options.
#[derive(Debug, Clone, Args)]
pub struct Globals {
    /// Use this endpoint instead of the configured one
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The region that requests are signed for; it overrides the environment and the profile
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// The profile of the AWS configuration files to use
    #[arg(long, global = true)]
    pub profile: Option<String>,
    /// The form of the output: YAML on a terminal, JSON in a pipe, unless set here or in AWS_DEFAULT_OUTPUT
    #[arg(long, global = true, value_enum)]
    pub output: Option<Format>,
    /// A JMESPath expression that selects a part of the answer
    #[arg(long, global = true, value_name = "EXPRESSION")]
    pub query: Option<String>,
    /// Make one call only, instead of one call per page
    #[arg(long, global = true)]
    pub no_paginate: bool,
    /// Do not sign the request
    #[arg(long, global = true)]
    pub no_sign_request: bool,
    /// Say on standard error what is sent and received; secrets are left out
    #[arg(long, global = true)]
    pub debug: bool,
    /// Colour tables
    #[arg(long, global = true, value_enum, default_value = "auto")]
    pub color: Color,
    /// Accepted for the AWS CLI's sake: there is never a pager
    #[arg(long, global = true)]
    pub no_cli_pager: bool,
    /// Seconds to wait for an answer; 0 is for ever
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60)]
    pub cli_read_timeout: u64,
    /// Seconds to wait for a connection; 0 is for ever
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60)]
    pub cli_connect_timeout: u64,
    /// The form of binary parameters that are given on the command line
    #[arg(long, global = true, value_enum, default_value = "base64")]
    pub cli_binary_format: BinaryFormat,
    /// Do not verify the server's TLS certificate
    #[arg(long, global = true)]
    pub no_verify_ssl: bool,
    /// A file of CA certificates (PEM) to trust instead of the system's
    #[arg(long, global = true, value_name = "PATH")]
    pub ca_bundle: Option<String>,
}
