//! The pages of a pool: what they are called, in which groups they stand, and how the AWS CLI does what they do.

/// A page of a pool.
pub struct Place {
    /// Its path below the pool's, without the slash: what pages name themselves by. Empty for the overview.
    pub path: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Calls of the AWS CLI that show and change what the page does, without `aws cognito-idp`. The pool's id is put after the
    /// operation's name; a call with `{arn}` has the pool's ARN there instead.
    pub cli: &'static [&'static str],
}

/// Pages of a pool that belong together. None is without pages.
pub struct Places {
    /// What they are called.
    pub title: &'static str,
    /// The pages; the first is where the group's name leads.
    pub places: &'static [Place],
}

const fn place(path: &'static str, title: &'static str, cli: &'static [&'static str]) -> Place {
    Place { path, title, cli }
}

/// The pages of a pool, as they stand above each of them.
pub const PLACES: &[Places] = &[
    Places { title: "Overview", places: &[place("", "Overview", &[])] },
    Places {
        title: "Users",
        places: &[
            place("users", "Users", &["list-users --filter 'email ^= \"ann\"'", "admin-create-user --username ann@example.com"]),
            place("groups", "Groups", &["list-groups", "create-group --group-name editors"]),
            place(
                "attributes",
                "Attributes",
                &[
                    "describe-user-pool --query UserPool.SchemaAttributes",
                    "add-custom-attributes --custom-attributes Name=tier,AttributeDataType=Number,Mutable=true",
                ],
            ),
            place(
                "imports",
                "Imports",
                &[
                    "get-csv-header",
                    "create-user-import-job --job-name first --cloud-watch-logs-role-arn \"$ROLE_ARN\"",
                    "start-user-import-job --job-id \"$JOB_ID\"",
                ],
            ),
        ],
    },
    Places {
        title: "Sign-in",
        places: &[
            place(
                "sign-in",
                "Factors",
                &[
                    "get-user-pool-mfa-config",
                    "set-user-pool-mfa-config --mfa-configuration OPTIONAL --software-token-mfa-configuration Enabled=true",
                ],
            ),
            place(
                "passkeys",
                "Passkeys",
                &["set-user-pool-mfa-config --web-authn-configuration RelyingPartyId=example.com,UserVerification=required"],
            ),
            place("devices", "Devices", &["describe-user-pool --query UserPool.DeviceConfiguration"]),
            place("sessions", "Sessions", &[]),
            place("recovery", "Recovery", &["describe-user-pool", "admin-reset-user-password --username ann@example.com"]),
            place("levels", "Levels", &[]),
            place(
                "protection",
                "Protection",
                &["describe-risk-configuration", "set-risk-configuration --risk-exception-configuration BlockedIPRangeList=203.0.113.0/24"],
            ),
        ],
    },
    Places {
        title: "Applications",
        places: &[
            place("clients", "App clients", &["list-user-pool-clients", "create-user-pool-client --client-name web"]),
            place(
                "resource-servers",
                "Resource servers",
                &[
                    "list-resource-servers --max-results 50",
                    "create-resource-server --identifier api --name API --scopes ScopeName=read,ScopeDescription=Read",
                ],
            ),
            place("registration", "Registration", &[]),
            place(
                "client-metadata",
                "Client metadata",
                &[
                    "list-cimd-policies",
                    "create-cimd-policy --policy-name apps --client-id \"$CLIENT_ID\" --url-patterns 'https://*.example.com/*'",
                ],
            ),
        ],
    },
    Places {
        title: "Federation and pages",
        places: &[
            place(
                "providers",
                "Identity providers",
                &[
                    "list-identity-providers",
                    "create-identity-provider --provider-name Partner --provider-type OIDC --provider-details file://details.json",
                ],
            ),
            place("domains", "Domain", &["create-user-pool-domain --domain my-app"]),
            place("branding", "Branding", &["get-ui-customization", "set-ui-customization --css \"$(cat pages.css)\""]),
            place("terms", "Terms", &["list-terms"]),
        ],
    },
    Places {
        title: "Messages",
        places: &[
            place("texts", "Texts", &["describe-user-pool --query UserPool.VerificationMessageTemplate"]),
            place("sending", "Sending", &["describe-user-pool"]),
        ],
    },
    Places {
        title: "Operation",
        places: &[
            place("settings", "Settings", &["describe-user-pool"]),
            place(
                "logs",
                "Logs",
                &[
                    "get-log-delivery-configuration",
                    "set-log-delivery-configuration --log-configurations \
                     EventSource=userAuthEvents,LogLevel=INFO,S3Configuration={BucketArn=arn:aws:s3:::sign-ins}",
                ],
            ),
            place("keys", "Signing keys", &[]),
            place("triggers", "Triggers", &["describe-user-pool --query UserPool.LambdaConfig"]),
            place(
                "point-in-time",
                "Point in time",
                &["list-point-in-time-recoveries", "initiate-point-in-time-recovery --restore-timestamp 2026-01-31T12:00:00Z"],
            ),
            place("replicas", "Regions", &["list-user-pool-replicas", "create-user-pool-replica --region-name eu-west-1"]),
            place("tags", "Tags", &["list-tags-for-resource --resource-arn {arn}", "tag-resource --resource-arn {arn} --tags team=notes"]),
        ],
    },
];

impl Places {
    /// Where the group's name leads, below the pool's path.
    pub fn first(&self) -> &'static str {
        self.places.first().map_or("", |place| place.path)
    }

    /// Whether a page is among them.
    pub fn has(&self, path: &str) -> bool {
        self.places.iter().any(|place| place.path == path)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use actix_web::http::Method;

    use super::*;
    use crate::wire::model::{Kind, Service};

    fn all() -> impl Iterator<Item = &'static Place> {
        PLACES.iter().flat_map(|places| places.places)
    }

    #[test]
    fn every_page_of_a_pool_that_is_no_part_of_another_is_named_above_once() {
        let rows = crate::console::pools::rows();
        let rests = rows.iter().filter(|row| row.method == Method::GET).filter_map(|row| row.path.strip_prefix("/pools/{pool}"));
        let mut pages: Vec<&str> = rests.map(|rest| rest.strip_prefix('/').unwrap_or(rest)).filter(|rest| !rest.contains('/')).collect();
        let mut named: Vec<&str> = all().map(|place| place.path).collect();
        pages.sort_unstable();
        named.sort_unstable();
        assert_eq!(named, pages);
    }

    /// As the AWS CLI writes a name: `GetCSVHeader` is `get-csv-header`.
    fn kebab(name: &str) -> String {
        let letters: Vec<char> = name.chars().collect();
        let mut text = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let after_lower = at > 0 && letters[at - 1].is_lowercase();
            let before_lower = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
            if letter.is_uppercase() && (after_lower || before_lower) {
                text.push('-');
            }
            text.push(letter.to_ascii_lowercase());
        }
        text
    }

    #[test]
    fn the_calls_of_the_cli_name_operations_and_their_members() {
        let model = Service::CognitoIdp.model();
        let operations: BTreeMap<String, _> = model.operations().map(|operation| (kebab(&operation.name), operation)).collect();
        for command in all().flat_map(|place| place.cli) {
            let mut words = command.split_whitespace();
            let operation = operations[words.next().unwrap()];
            let shape = model.shape(operation.input.unwrap()).unwrap();
            let Kind::Structure(members) = &shape.kind else { panic!("{command}") };
            let members: Vec<String> = members.iter().map(|member| kebab(&member.name)).collect();
            let named = words.filter_map(|word| word.strip_prefix("--")).filter(|option| *option != "query");
            named.for_each(|option| assert!(members.iter().any(|member| member == option), "{command}: {option}"));
            let is_placed = command.contains("{arn}") || members.iter().any(|member| member == "user-pool-id");
            assert!(is_placed, "{command} takes no pool");
        }
    }
}
