//! The description of the API at run time: operations, shapes and their constraints.

use std::sync::{LazyLock, OnceLock};

use crate::pattern::Pattern;

mod parse;

/// An API's description. There are two: [`Model::cognito_idp`] and [`Model::apigatewayv2`].
pub struct Model {
    service: Service,
    operations: Vec<Operation>,
    /// How the operations are called that are not offered: name and [`Http`].
    others: Vec<(String, Http)>,
    shapes: Vec<Shape>,
    /// The compiled pattern of the shape with the same index, made at its first use.
    patterns: Vec<OnceLock<Pattern>>,
}

/// What the service calls itself.
#[derive(Clone, Debug)]
pub struct Service {
    /// The command's name: `cognito-idp`.
    pub id: String,
    /// What stands before the dot in `X-Amz-Target`; empty for a REST API.
    pub target_prefix: String,
    /// The JSON protocol's version: `1.1`.
    pub json_version: String,
    /// The API's version, a date.
    pub api_version: String,
    /// The service's full name.
    pub full_name: String,
    /// The service in a SigV4 credential scope.
    pub signing_name: String,
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// AWS's name: `AdminGetUser`.
    pub name: String,
    /// How a REST API calls it; `None` where it is named by a header.
    pub http: Option<Http>,
    /// The structure of the request.
    pub input: ShapeId,
    /// The structure of the answer; without one the body is empty.
    pub output: Option<ShapeId>,
    /// The exceptions that the operation may answer with.
    pub errors: Vec<String>,
    /// Who may call.
    pub auth: Auth,
    /// How a client follows its pages, where botocore knows it.
    pub paginator: Option<Paginator>,
    /// What the operation does, in one sentence of ours.
    pub summary: String,
}

/// Method and path of an operation of a REST API.
#[derive(Clone, Debug)]
pub struct Http {
    /// Such as `POST`.
    pub method: String,
    /// The parts of the path; those in braces are members: `v2`, `apis`, `{apiId}`.
    pub path: Vec<String>,
    /// The status of its success.
    pub status: u16,
}

/// Where a member of a request to a REST API stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the body.
    Body,
    /// In the path, in the place of `{name}`.
    Path(String),
    /// In the query, under that name.
    Query(String),
}

/// How a caller of an operation is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Auth {
    /// By a SigV4 signature.
    Iam,
    /// By a SigV4 signature, or by what the request says.
    Optional,
    /// By what the request says: a token, a session, a password or nothing.
    None,
}

/// The members that carry a list's pages.
#[derive(Clone, Debug)]
pub struct Paginator {
    /// The request's token.
    pub input_token: String,
    /// The answer's token.
    pub output_token: String,
    /// The request's page size.
    pub limit_key: String,
    /// The answer's list.
    pub result_key: String,
}

/// The place of a shape in the model.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ShapeId(u32);

/// A shape: the type of a member, with its constraints.
#[derive(Clone, Debug)]
pub struct Shape {
    /// AWS's name: `UserPoolIdType`.
    pub name: String,
    /// What it is made of.
    pub kind: ShapeKind,
    /// Whether its value must not be shown, nor what it contains.
    pub sensitive: bool,
}

/// What a shape is made of. Bounds are inclusive.
#[derive(Clone, Debug)]
pub enum ShapeKind {
    /// A structure; a `document` is any JSON.
    Structure {
        /// In the model's order.
        members: Vec<Member>,
        /// Any JSON value instead of the members.
        document: bool,
    },
    /// A list; bounds count elements.
    List {
        /// The shape of each element.
        member: ShapeId,
        /// The least number of elements.
        min: Option<u64>,
        /// The greatest number of elements.
        max: Option<u64>,
    },
    /// A map; bounds count entries.
    Map {
        /// The shape of the keys, always a string.
        key: ShapeId,
        /// The shape of the values.
        value: ShapeId,
        /// The least number of entries.
        min: Option<u64>,
        /// The greatest number of entries.
        max: Option<u64>,
    },
    /// A string; bounds count characters.
    String {
        /// The least number of characters.
        min: Option<u64>,
        /// The greatest number of characters.
        max: Option<u64>,
        /// A regular expression in Java's syntax, which the whole string must match.
        pattern: Option<String>,
        /// The values of an enum in the model's order; empty for other strings.
        values: Vec<String>,
    },
    /// An integer of 32 bits.
    Integer {
        /// The least value.
        min: Option<i64>,
        /// The greatest value.
        max: Option<i64>,
    },
    /// An integer of 64 bits.
    Long {
        /// The least value.
        min: Option<i64>,
        /// The greatest value.
        max: Option<i64>,
    },
    /// A floating-point number.
    Double,
    /// `true` or `false`.
    Boolean,
    /// Seconds since the epoch.
    Timestamp,
    /// Bytes, in base64; bounds count bytes.
    Blob {
        /// The least number of bytes.
        min: Option<u64>,
        /// The greatest number of bytes.
        max: Option<u64>,
    },
}

/// A member of a structure.
#[derive(Clone, Debug)]
pub struct Member {
    /// AWS's name: `UserPoolId`.
    pub name: String,
    /// The member's shape.
    pub shape: ShapeId,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Where it stands in a request to a REST API.
    pub place: Place,
}

static COGNITO_IDP: LazyLock<Model> = LazyLock::new(|| {
    parse::model(include_str!("../model/cognito-idp.json"), include_str!("../model/summaries.toml"))
        .expect("the model is part of the source, and a test parses it")
});

static APIGATEWAYV2: LazyLock<Model> = LazyLock::new(|| {
    parse::model(
        include_str!("../model/apigatewayv2.json"),
        include_str!("../model/apigatewayv2_summaries.toml"),
    )
    .expect("the model is part of the source, and a test parses it")
});

impl Model {
    /// The API of HTTP APIs, as far as it is offered; parsed at the first call.
    pub fn apigatewayv2() -> &'static Self {
        &APIGATEWAYV2
    }

    /// The operations that are not offered, and how they would be called.
    pub fn others(&self) -> &[(String, Http)] {
        &self.others
    }

    /// The API of user pools, parsed at the first call.
    pub fn cognito_idp() -> &'static Self {
        &COGNITO_IDP
    }

    /// What the service calls itself.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The operations, sorted by name.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// An operation by AWS's name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let index = self.operations.binary_search_by(|operation| operation.name.as_str().cmp(name)).ok()?;
        self.operations.get(index)
    }

    /// A shape by its place.
    ///
    /// # Panics
    ///
    /// When the id comes from another model.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.index()]
    }

    /// The place of a shape by AWS's name.
    pub fn shape_named(&self, name: &str) -> Option<ShapeId> {
        let index = self.shapes.binary_search_by(|shape| shape.name.as_str().cmp(name)).ok()?;
        u32::try_from(index).ok().map(ShapeId)
    }

    /// The compiled pattern of a shape, `None` where it has none.
    ///
    /// `DomainType` has one that only prefix domains follow, while custom domains are of the same type: the service
    /// itself checks them, and says so in other words.
    pub(crate) fn pattern(&self, id: ShapeId) -> Option<&Pattern> {
        match &self.shape(id).kind {
            ShapeKind::String { .. } if self.shape(id).name == "DomainType" => None,
            ShapeKind::String { pattern: Some(pattern), .. } => {
                Some(self.patterns[id.index()].get_or_init(|| Pattern::new(&self.shape(id).name, pattern)))
            }
            _ => None,
        }
    }
}

impl ShapeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_complete() {
        let model = Model::cognito_idp();
        assert_eq!(model.operations().len(), 141);
        assert_eq!(model.service().id, "cognito-idp");
        assert_eq!(model.service().signing_name, "cognito-idp");
        assert_eq!(model.service().target_prefix, "AWSCognitoIdentityProviderService");
        assert!(model.operations().is_sorted_by(|left, right| left.name < right.name));
        assert_eq!(model.operations().iter().filter(|operation| operation.paginator.is_some()).count(), 9);
        assert_eq!(model.operations().iter().filter(|operation| operation.auth == Auth::None).count(), 35);
        assert_eq!(model.operations().iter().filter(|operation| operation.output.is_none()).count(), 13);
    }

    #[test]
    fn each_operation_has_a_summary_and_known_errors() {
        for operation in Model::cognito_idp().operations() {
            assert!(operation.summary.ends_with('.') && operation.summary.len() > 10, "{}", operation.name);
            for error in &operation.errors {
                assert!(error.parse::<crate::ErrorCode>().is_ok(), "{error}");
            }
        }
    }

    #[test]
    fn an_operation_is_found_by_name() {
        let model = Model::cognito_idp();
        let operation = model.operation("SignUp").unwrap();
        assert_eq!(operation.auth, Auth::None);
        assert_eq!(model.shape(operation.input).name, "SignUpRequest");
        assert_eq!(model.shape_named("SignUpRequest"), Some(operation.input));
        assert_eq!(model.operation("GetDerivedToken").unwrap().auth, Auth::Optional);
        assert!(model.operation("signUp").is_none());
        assert!(model.shape_named("Nothing").is_none());
        let ShapeKind::Structure { members, document: false } = &model.shape(operation.input).kind else {
            panic!("a request is a structure")
        };
        let required: Vec<_> =
            members.iter().filter(|member| member.required).map(|member| &member.name).collect();
        assert_eq!(required, ["ClientId", "Username"]);
    }
}
