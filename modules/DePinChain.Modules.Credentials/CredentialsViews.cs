using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Credentials;

/// <content>What can be asked without a transaction.</content>
public sealed partial class CredentialsModule
{
    /// <summary>An issuer by its own word.</summary>
    /// <param name="account">Who.</param>
    [Function]
    public IssuerRecord Issuer(Address account)
    {
        Require(Issuers.TryGet(account, out IssuerRecord issuer), new UnknownIssuer(account));
        return issuer;
    }

    /// <summary>Whether governance lists an issuer for a schema.</summary>
    /// <param name="account">The issuer.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public bool IsListed(Address account, Hash256 schema) => Listed[(account, schema)];

    /// <summary>What an issuer last said about an account.</summary>
    /// <param name="issuer">Who said it.</param>
    /// <param name="subject">The account.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public CredentialRecord Credential(Address issuer, Address subject, Hash256 schema)
    {
        bool isKnown = Credentials.TryGet((issuer, subject, schema), out CredentialRecord credential);
        Require(isKnown, new UnknownCredential(issuer, subject, schema));
        return credential;
    }

    /// <summary>Whether one of these issuers says something about an account that holds now: not expired, not taken back.</summary>
    /// <param name="block">Now.</param>
    /// <param name="subject">The account.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    /// <param name="accepted">Issuers that are believed, at most 16.</param>
    [Function]
    public bool IsValid(
        BlockContext block, Address subject, Hash256 schema, [Limit(CredentialsPolicy.IssuersMax)] IReadOnlyList<Address> accepted)
    {
        foreach (Address issuer in accepted)
            if (Holds(block, issuer, subject, schema)) return true;
        return false;
    }

    /// <summary>
    /// Whether a claim is among those of a credential that holds now: what its holder shows of it, with the salt and the branch that lead
    /// to the root.
    /// </summary>
    /// <param name="block">Now.</param>
    /// <param name="issuer">Who said it.</param>
    /// <param name="subject">The account.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    /// <param name="name">The claim's name.</param>
    /// <param name="value">The claim's value.</param>
    /// <param name="salt">The claim's salt.</param>
    /// <param name="branch">Hashes beside the way from the leaf to the root.</param>
    [Function]
    public bool Shows(
        BlockContext block,
        Address issuer,
        Address subject,
        Hash256 schema,
        [Limit(CredentialsPolicy.ClaimBytesMax)] string name,
        [Limit(CredentialsPolicy.ClaimBytesMax)] string value,
        Hash256 salt,
        [Limit(CredentialsPolicy.BranchMax)] IReadOnlyList<Hash256> branch) =>
        Holds(block, issuer, subject, schema)
        && CredentialsPolicy.RootOf(CredentialsPolicy.LeafOf(name, value, salt), branch) == Credentials[(issuer, subject, schema)].Root;

    /// <summary>What an account asks of those it deals with; empty when it asks nothing.</summary>
    /// <param name="account">Who.</param>
    [Function]
    public PolicyRecord PolicyOf(Address account) => Policies.GetOr(account, new PolicyRecord(Hash256.Zero, [], []));

    /// <summary>
    /// Whether an account has what another asks: each schema attested by an issuer that its policy names, or, when it names none, by one of
    /// those that the asker brings along and governance lists.
    /// </summary>
    /// <param name="block">Now.</param>
    /// <param name="asker">Whose policy.</param>
    /// <param name="subject">The account.</param>
    /// <param name="candidates">Issuers to look at where the policy names none.</param>
    [Function]
    public bool Meets(
        BlockContext block, Address asker, Address subject, [Limit(CredentialsPolicy.IssuersMax)] IReadOnlyList<Address> candidates)
    {
        PolicyRecord policy = PolicyOf(asker);
        foreach (Hash256 schema in policy.Schemas)
        {
            bool isNamed = policy.Issuers.Count > 0;
            bool isMet = false;
            foreach (Address issuer in isNamed ? policy.Issuers : candidates)
                isMet |= (isNamed || Listed[(issuer, schema)]) && Holds(block, issuer, subject, schema);
            if (!isMet) return false;
        }

        return true;
    }

    /// <summary>
    /// Whether markets let a client deal with whoever names a policy: for each schema the client presents what an issuer says that the
    /// policy names, or that governance lists when it names none, and it holds now; and where the policy screens by a list, the client
    /// was shown not to be on its last version.
    /// </summary>
    /// <param name="block">Now.</param>
    /// <param name="policyOf">The account whose policy it is.</param>
    /// <param name="client">Who wants to deal.</param>
    [Function]
    public bool Admits(BlockContext block, Address policyOf, Address client)
    {
        PolicyRecord policy = PolicyOf(policyOf);
        foreach (Hash256 schema in policy.Schemas)
        {
            Address issuer = Presented.GetOr((client, schema), Address.Zero);
            bool isBelieved = policy.Issuers.Count > 0 ? policy.Issuers.Contains(issuer) : Listed[(issuer, schema)];
            if (!isBelieved || !Holds(block, issuer, client, schema)) return false;
        }

        return !Screens.TryGet(policyOf, out ScreenRecord screen) || IsCleared(screen.Publisher, screen.Name, client);
    }

    /// <summary>Whose statement about an account markets look at under a schema; zero for nobody's.</summary>
    /// <param name="subject">The account.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public Address PresentedBy(Address subject, Hash256 schema) => Presented.GetOr((subject, schema), Address.Zero);

    /// <summary>The list that an account screens by; zeros for none.</summary>
    /// <param name="account">Who.</param>
    [Function]
    public ScreenRecord ScreenOf(Address account) => Screens.GetOr(account, default);

    /// <summary>Whether an account was shown not to be on the last version of a list.</summary>
    /// <param name="publisher">Who keeps the list.</param>
    /// <param name="name">keccak of the list's name.</param>
    /// <param name="subject">The account.</param>
    [Function]
    public bool IsCleared(Address publisher, Hash256 name, Address subject) =>
        Lists.TryGet((publisher, name), out ListRecord list) && Cleared.GetOr((publisher, name, subject), 0) == list.Version;

    /// <inheritdoc/>
    public bool HasPolicy(Address account) => Policies.Contains(account) || Screens.Contains(account);

    /// <summary>The last state of a list that a publisher committed to; version 0 when there is none.</summary>
    /// <param name="publisher">Who screens.</param>
    /// <param name="name">keccak of the list's name.</param>
    [Function]
    public ListRecord ListOf(Address publisher, Hash256 name) => Lists.GetOr((publisher, name), default);

    /// <summary>The receipt of a destroyed key; height 0 when there is none.</summary>
    /// <param name="by">Who held it.</param>
    /// <param name="objectId">The object.</param>
    [Function]
    public ErasureRecord ErasureOf(Address by, Hash256 objectId) => Erasures.GetOr((by, objectId), default);

    private bool Holds(BlockContext block, Address issuer, Address subject, in Hash256 schema) =>
        Credentials.TryGet((issuer, subject, schema), out CredentialRecord credential)
        && credential.RevokedAt == 0
        && credential.ExpiresAt > block.Timestamp;
}
