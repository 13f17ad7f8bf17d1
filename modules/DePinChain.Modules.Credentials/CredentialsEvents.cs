using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Credentials;

/// <summary>An account attests from now on under a name of its own.</summary>
[Event]
public readonly partial record struct IssuerRegistered([Indexed] Address Issuer, string Name, string Uri);

/// <summary>Governance lists an issuer for a schema.</summary>
[Event]
public readonly partial record struct IssuerListed([Indexed] Address Issuer, [Indexed] Hash256 Schema);

/// <summary>Governance no longer lists an issuer for a schema.</summary>
[Event]
public readonly partial record struct IssuerDelisted([Indexed] Address Issuer, [Indexed] Hash256 Schema);

/// <summary>An issuer says something about an account.</summary>
[Event]
public readonly partial record struct Attested(
    [Indexed] Address Issuer, [Indexed] Address Subject, [Indexed] Hash256 Schema, Hash256 Root, ulong Serial, ulong ExpiresAt);

/// <summary>A credential was taken back, by its issuer or by the account it is about.</summary>
[Event]
public readonly partial record struct Revoked(
    [Indexed] Address Issuer, [Indexed] Address Subject, [Indexed] Hash256 Schema, Address By);

/// <summary>An account says what it asks of those it deals with.</summary>
[Event]
public readonly partial record struct PolicySet([Indexed] Address Account, Hash256 PolicyHash);

/// <summary>A publisher commits to the state of a list that it screens against.</summary>
[Event]
public readonly partial record struct ListCommitted([Indexed] Address Publisher, [Indexed] Hash256 Name, Hash256 Root, ulong Version);

/// <summary>An account presents what an issuer says about it: markets look at this.</summary>
[Event]
public readonly partial record struct CredentialPresented([Indexed] Address Subject, [Indexed] Hash256 Schema, [Indexed] Address Issuer);

/// <summary>An account asks those it deals with to be clear of a list; a publisher of zero: no more.</summary>
[Event]
public readonly partial record struct ScreenSet([Indexed] Address Account, [Indexed] Address Publisher, Hash256 Name);

/// <summary>An account was shown not to be on a version of a list.</summary>
[Event]
public readonly partial record struct AccountCleared(
    [Indexed] Address Publisher, [Indexed] Hash256 Name, [Indexed] Address Subject, ulong Version);

/// <summary>DPN or a token moved with a reference to data that the parties exchanged off the chain. Token 0 is DPN.</summary>
[Event]
public readonly partial record struct TransferredWithRef(
    [Indexed] Address From, [Indexed] Address To, [Indexed] Hash256 Ref, uint Token, UInt256 Amount);

/// <summary>Somebody states that the key of an object is destroyed.</summary>
[Event]
public readonly partial record struct KeyDestroyed([Indexed] Address By, [Indexed] Hash256 ObjectId, Hash256 KeyHash, Hash256 Statement);

/// <summary>The account does not attest.</summary>
[Error] public readonly partial record struct UnknownIssuer(Address Issuer);

/// <summary>An issuer's name is 1 to 64 bytes without control characters.</summary>
[Error] public readonly partial record struct InvalidName(string Name);

/// <summary>A URI is at most 256 bytes without control characters.</summary>
[Error] public readonly partial record struct InvalidUri(string Uri);

/// <summary>Only a decision of governance does this.</summary>
[Error] public readonly partial record struct NotGovernance(Address Caller);

/// <summary>The issuer is listed for the schema already.</summary>
[Error] public readonly partial record struct AlreadyListed(Address Issuer, Hash256 Schema);

/// <summary>The issuer is not listed for the schema.</summary>
[Error] public readonly partial record struct NotListed(Address Issuer, Hash256 Schema);

/// <summary>A credential is about an account and says something.</summary>
[Error] public readonly partial record struct EmptyStatement();

/// <summary>The credential would have expired already.</summary>
[Error] public readonly partial record struct AlreadyExpired(ulong ExpiresAt, ulong Now);

/// <summary>A statement's serial is not above the last one's: it was said before, or something newer was.</summary>
[Error] public readonly partial record struct StaleSerial(ulong Needed, ulong Had);

/// <summary>The statement is not signed by its issuer.</summary>
[Error] public readonly partial record struct InvalidStatement(Address Issuer);

/// <summary>The issuer has said nothing about this account under this schema.</summary>
[Error] public readonly partial record struct UnknownCredential(Address Issuer, Address Subject, Hash256 Schema);

/// <summary>The credential was taken back before.</summary>
[Error] public readonly partial record struct AlreadyRevoked(ulong RevokedAt);

/// <summary>A list's version only grows.</summary>
[Error] public readonly partial record struct VersionNotLater(ulong Needed, ulong Had);

/// <summary>Nothing moves, or to nobody.</summary>
[Error] public readonly partial record struct InvalidTransfer(Address To, UInt256 Amount);

/// <summary>A reference says what a payment belongs to.</summary>
[Error] public readonly partial record struct EmptyReference();

/// <summary>The key's destruction is on record already.</summary>
[Error] public readonly partial record struct AlreadyDestroyed(ulong Height);

/// <summary>A receipt names an object, its key and a statement.</summary>
[Error] public readonly partial record struct EmptyReceipt();

/// <summary>The publisher has committed to no list of this name.</summary>
[Error] public readonly partial record struct UnknownList(Address Publisher, Hash256 Name);

/// <summary>The account does not lie inside of the gap: <c>Low</c> and <c>High</c> themselves are listed.</summary>
[Error] public readonly partial record struct NotBetween(Address Subject, Address Low, Address High);

/// <summary>The gap does not lead to the list's root: it is of another version, or of another list.</summary>
[Error] public readonly partial record struct NotInList(Hash256 Expected, Hash256 Actual);
