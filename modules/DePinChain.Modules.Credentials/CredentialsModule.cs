using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Credentials;

/// <summary>
/// Tools for those who must account for whom they deal with: credentials that show as much as their holder wants, policies, commitments to
/// screening lists, payments with references, and receipts of destroyed keys. No personal data goes on the chain, and nothing here
/// keeps a transaction out of a block.
/// </summary>
[Module("credentials", "0x0000000000000000000000000000000000001008")]
public sealed partial class CredentialsModule(ModuleState state, Logs logs, IBank bank, ITokens tokens, ICryptography cryptography)
    : IModule, IGoverned, IClientPolicies
{
    // First four bytes of keccak256 of listIssuer(address,bytes32) and of delistIssuer(address,bytes32).
    private const uint ListSelector = 0xd5caf675;
    private const uint DelistSelector = 0xd4cad9ab;

    [Slot(0)] private partial Map<Address, IssuerRecord> Issuers { get; }
    [Slot(1)] private partial Map<(Address Issuer, Hash256 Schema), bool> Listed { get; }
    [Slot(2)] private partial Map<(Address Issuer, Address Subject, Hash256 Schema), CredentialRecord> Credentials { get; }
    [Slot(3)] private partial Map<Address, PolicyRecord> Policies { get; }
    [Slot(4)] private partial Map<(Address Publisher, Hash256 Name), ListRecord> Lists { get; }
    [Slot(5)] private partial Map<(Address By, Hash256 ObjectId), ErasureRecord> Erasures { get; }
    [Slot(6)] private partial Map<(Address Subject, Hash256 Schema), Address> Presented { get; }
    [Slot(7)] private partial Map<Address, ScreenRecord> Screens { get; }
    [Slot(8)] private partial Map<(Address Publisher, Hash256 Name, Address Subject), ulong> Cleared { get; }

    /// <summary>Attests from now on under a name; another call changes name and address on the web.</summary>
    /// <param name="call">The issuer.</param>
    /// <param name="name">1 to 64 bytes of text.</param>
    /// <param name="uri">Where its rules can be read; may be empty.</param>
    [Function]
    public void RegisterIssuer(Call call, [Limit(256)] string name, [Limit(256)] string uri)
    {
        Require(CredentialsPolicy.IsName(name), new InvalidName(name));
        Require(CredentialsPolicy.IsUri(uri), new InvalidUri(uri));
        ulong since = Issuers.TryGet(call.Sender, out IssuerRecord known) ? known.RegisteredAt : call.Block.Number;
        Issuers[call.Sender] = new IssuerRecord(name, uri, since);
        logs.Emit(new IssuerRegistered(call.Sender, name, uri));
    }

    /// <summary>Lists an issuer for a schema: policies that name no issuers accept it.</summary>
    /// <param name="call">Governance, by an order.</param>
    /// <param name="issuer">Who.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public void ListIssuer(Call call, Address issuer, Hash256 schema)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotGovernance(call.Sender));
        Require(Issuers.Contains(issuer), new UnknownIssuer(issuer));
        Require(!Listed[(issuer, schema)], new AlreadyListed(issuer, schema));
        Listed[(issuer, schema)] = true;
        logs.Emit(new IssuerListed(issuer, schema));
    }

    /// <summary>Takes an issuer off the list of a schema.</summary>
    /// <param name="call">Governance, by an order.</param>
    /// <param name="issuer">Who.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public void DelistIssuer(Call call, Address issuer, Hash256 schema)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotGovernance(call.Sender));
        Require(Listed[(issuer, schema)], new NotListed(issuer, schema));
        Listed.Remove((issuer, schema));
        logs.Emit(new IssuerDelisted(issuer, schema));
    }

    /// <summary>Says something about an account, as a root over salted claims. Takes the place of what the caller said before.</summary>
    /// <param name="call">The issuer.</param>
    /// <param name="subject">The account.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    /// <param name="root">Merkle root over the claims.</param>
    /// <param name="expiresAt">Unix seconds from which it no longer holds.</param>
    /// <returns>The statement's serial.</returns>
    [Function]
    public ulong Attest(Call call, Address subject, Hash256 schema, Hash256 root, ulong expiresAt)
    {
        ulong serial = Credentials.TryGet((call.Sender, subject, schema), out CredentialRecord last) ? last.Serial + 1 : 1;
        Record(call.Block, call.Sender, subject, schema, root, serial, expiresAt);
        return serial;
    }

    /// <summary>Puts on record what an issuer has signed off the chain; anybody may, and usually the account does.</summary>
    /// <param name="call">Whoever pays for it.</param>
    /// <param name="issuer">Who signed it.</param>
    /// <param name="subject">The account it is about.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    /// <param name="root">Merkle root over the claims.</param>
    /// <param name="serial">The issuer's number of it: above that of all it said about this account and schema.</param>
    /// <param name="expiresAt">Unix seconds from which it no longer holds.</param>
    /// <param name="signature">65 bytes over the EIP-712 digest: domain "DePinChain Credentials", version 1, this chain and module.</param>
    [Function]
    public void AttestSigned(
        Call call,
        Address issuer,
        Address subject,
        Hash256 schema,
        Hash256 root,
        ulong serial,
        ulong expiresAt,
        [Limit(65)] byte[] signature)
    {
        Hash256 digest = CredentialsPolicy.DigestOf(call.Block.ChainId, issuer, subject, schema, root, serial, expiresAt);
        bool isSigned = cryptography.TryRecover(digest, signature, out Address signer) && signer == issuer;
        Require(isSigned, new InvalidStatement(issuer));
        ulong last = Credentials.TryGet((issuer, subject, schema), out CredentialRecord record) ? record.Serial : 0;
        Require(serial > last, new StaleSerial(last + 1, serial));
        Record(call.Block, issuer, subject, schema, root, serial, expiresAt);
    }

    /// <summary>Takes back what the caller said about an account.</summary>
    /// <param name="call">The issuer.</param>
    /// <param name="subject">The account.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public void Revoke(Call call, Address subject, Hash256 schema) => Withdraw(call, call.Sender, subject, schema);

    /// <summary>Takes back what an issuer said about the caller.</summary>
    /// <param name="call">The account.</param>
    /// <param name="issuer">Who said it.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public void Renounce(Call call, Address issuer, Hash256 schema) => Withdraw(call, issuer, call.Sender, schema);

    /// <summary>Says what the caller asks of those it deals with; <c>meets</c> answers for an account.</summary>
    /// <param name="call">The account.</param>
    /// <param name="policyHash">keccak of the policy's text.</param>
    /// <param name="schemas">Each must be attested; none asks nothing.</param>
    /// <param name="issuers">By one of these; by any that governance lists when there are none.</param>
    [Function]
    public void SetPolicy(
        Call call,
        Hash256 policyHash,
        [Limit(CredentialsPolicy.SchemasMax)] IReadOnlyList<Hash256> schemas,
        [Limit(CredentialsPolicy.IssuersMax)] IReadOnlyList<Address> issuers)
    {
        Policies[call.Sender] = new PolicyRecord(policyHash, schemas, issuers);
        logs.Emit(new PolicySet(call.Sender, policyHash));
    }

    /// <summary>
    /// Presents what an issuer says about the caller: of all statements under a schema, the one that markets look at. Another call presents
    /// another.
    /// </summary>
    /// <param name="call">The account that it is about.</param>
    /// <param name="issuer">Who said it.</param>
    /// <param name="schema">keccak of the schema's text.</param>
    [Function]
    public void Present(Call call, Address issuer, Hash256 schema)
    {
        bool isKnown = Credentials.Contains((issuer, call.Sender, schema));
        Require(isKnown, new UnknownCredential(issuer, call.Sender, schema));
        Presented[(call.Sender, schema)] = issuer;
        logs.Emit(new CredentialPresented(call.Sender, schema, issuer));
    }

    /// <summary>Also asks those the caller deals with to be clear of a list; a publisher of zero asks it no more.</summary>
    /// <param name="call">The account.</param>
    /// <param name="publisher">Who keeps the list.</param>
    /// <param name="name">keccak of the list's name.</param>
    [Function]
    public void SetScreen(Call call, Address publisher, Hash256 name)
    {
        if (publisher.IsZero)
        {
            Screens.Remove(call.Sender);
        }
        else
        {
            Require(Lists.Contains((publisher, name)), new UnknownList(publisher, name));
            Screens[call.Sender] = new ScreenRecord(publisher, name);
        }

        logs.Emit(new ScreenSet(call.Sender, publisher, name));
    }

    /// <summary>
    /// Shows that an account is not on a list, whose root is over the gaps between neighbouring addresses: it lies inside of one. Holds
    /// until the list's next version.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="publisher">Who keeps the list.</param>
    /// <param name="name">keccak of the list's name.</param>
    /// <param name="subject">The account.</param>
    /// <param name="low">The listed address below it, or 0.</param>
    /// <param name="high">The listed address above it, or 2^160 - 1.</param>
    /// <param name="branch">Hashes beside the way from the gap's leaf to the root.</param>
    [Function]
    public void ShowCleared(
        Call call,
        Address publisher,
        Hash256 name,
        Address subject,
        Address low,
        Address high,
        [Limit(CredentialsPolicy.BranchMax)] IReadOnlyList<Hash256> branch)
    {
        bool isKnown = Lists.TryGet((publisher, name), out ListRecord list);
        Require(isKnown, new UnknownList(publisher, name));
        Require(low.CompareTo(subject) < 0 && subject.CompareTo(high) < 0, new NotBetween(subject, low, high));
        Hash256 root = CredentialsPolicy.RootOf(CredentialsPolicy.GapLeafOf(low, high), branch);
        Require(root == list.Root, new NotInList(list.Root, root));
        Cleared[(publisher, name, subject)] = list.Version;
        logs.Emit(new AccountCleared(publisher, name, subject, list.Version));
    }

    /// <summary>Commits to the state of a list, so that "screened against this list at this height" can be shown later.</summary>
    /// <param name="call">The publisher.</param>
    /// <param name="name">keccak of the list's name.</param>
    /// <param name="root">Merkle root over the gaps of the list, for policies that screen by it; else keccak of it.</param>
    /// <param name="version">The publisher's number of it; only grows.</param>
    [Function]
    public void CommitList(Call call, Hash256 name, Hash256 root, ulong version)
    {
        ulong last = Lists.TryGet((call.Sender, name), out ListRecord list) ? list.Version : 0;
        Require(version > last, new VersionNotLater(last + 1, version));
        Lists[(call.Sender, name)] = new ListRecord(root, version, call.Block.Number);
        logs.Emit(new ListCommitted(call.Sender, name, root, version));
    }

    /// <summary>Pays the DPN that comes along with a reference: keccak of salted data that the parties exchanged off the chain.</summary>
    /// <param name="call">The payer.</param>
    /// <param name="to">The payee.</param>
    /// <param name="reference">What it belongs to.</param>
    [Function, Payable]
    public void TransferWithRef(Call call, Address to, Hash256 reference)
    {
        RequireTransfer(to, call.Value.ToUInt256(), reference);
        Amount before = bank.BalanceOf(Address);
        bank.Transfer(Address, to, call.Value, reference);
        bool hasPassed = CredentialsInvariants.HasPassed(before, bank.BalanceOf(Address), call.Value);
        Require(hasPassed, new InvalidTransfer(to, call.Value.ToUInt256()));
        logs.Emit(new TransferredWithRef(call.Sender, to, reference, Token: 0, call.Value.ToUInt256()));
    }

    /// <summary>Moves tokens of the caller with a reference.</summary>
    /// <param name="call">The payer.</param>
    /// <param name="token">The token's number.</param>
    /// <param name="to">The payee.</param>
    /// <param name="amount">Base units.</param>
    /// <param name="reference">What it belongs to.</param>
    [Function]
    public void TransferTokenWithRef(Call call, uint token, Address to, UInt128 amount, Hash256 reference)
    {
        RequireTransfer(to, amount, reference);
        tokens.Move(token, call.Sender, to, amount);
        logs.Emit(new TransferredWithRef(call.Sender, to, reference, token, amount));
    }

    /// <summary>States once and for all that the key of an object is destroyed: the object can no longer be read.</summary>
    /// <param name="call">Who held the key.</param>
    /// <param name="objectId">The object: a piece's commitment, a deal's key.</param>
    /// <param name="keyHash">keccak of the key, or a commitment to it made when it was used.</param>
    /// <param name="statement">keccak of the signed statement that is kept elsewhere.</param>
    [Function]
    public void RecordErasure(Call call, Hash256 objectId, Hash256 keyHash, Hash256 statement)
    {
        Require(!objectId.IsZero && !keyHash.IsZero && !statement.IsZero, new EmptyReceipt());
        bool isKnown = Erasures.TryGet((call.Sender, objectId), out ErasureRecord known);
        Require(!isKnown, new AlreadyDestroyed(known.Height));
        Erasures[(call.Sender, objectId)] = new ErasureRecord(keyHash, statement, call.Block.Number);
        logs.Emit(new KeyDestroyed(call.Sender, objectId, keyHash, statement));
    }

    /// <inheritdoc/>
    public bool TakesOrder(uint selector) => selector is ListSelector or DelistSelector;

    private static void RequireTransfer(Address to, UInt256 amount, in Hash256 reference)
    {
        Require(!to.IsZero && !amount.IsZero, new InvalidTransfer(to, amount));
        Require(!reference.IsZero, new EmptyReference());
    }

    private void Record(
        BlockContext block, Address issuer, Address subject, in Hash256 schema, in Hash256 root, ulong serial, ulong expiresAt)
    {
        Require(Issuers.Contains(issuer), new UnknownIssuer(issuer));
        Require(!subject.IsZero && !root.IsZero, new EmptyStatement());
        Require(expiresAt > block.Timestamp, new AlreadyExpired(expiresAt, block.Timestamp));
        Credentials[(issuer, subject, schema)] = new CredentialRecord(root, serial, block.Number, expiresAt, RevokedAt: 0);
        logs.Emit(new Attested(issuer, subject, schema, root, serial, expiresAt));
    }

    private void Withdraw(Call call, Address issuer, Address subject, in Hash256 schema)
    {
        bool isKnown = Credentials.TryGet((issuer, subject, schema), out CredentialRecord credential);
        Require(isKnown, new UnknownCredential(issuer, subject, schema));
        Require(credential.RevokedAt == 0, new AlreadyRevoked(credential.RevokedAt));
        Credentials[(issuer, subject, schema)] = credential with { RevokedAt = call.Block.Number };
        logs.Emit(new Revoked(issuer, subject, schema, call.Sender));
    }
}
