using DePinChain.Primitives;

namespace DePinChain.Modules.Credentials;

/// <summary>Somebody who attests things about accounts.</summary>
/// <param name="Name">1 to 64 bytes of text, by its own word.</param>
/// <param name="Uri">Where its rules can be read; may be empty.</param>
/// <param name="RegisteredAt">Its block.</param>
public readonly record struct IssuerRecord(string Name, string Uri, ulong RegisteredAt);

/// <summary>What an issuer says about an account, as a root over salted claims.</summary>
/// <param name="Root">Merkle root over the claims.</param>
/// <param name="Serial">Grows with each statement of the issuer about this account and schema, so that none is repeated.</param>
/// <param name="IssuedAt">Its block.</param>
/// <param name="ExpiresAt">Unix seconds from which it no longer holds.</param>
/// <param name="RevokedAt">Block in which the issuer or the account took it back; 0 while it holds.</param>
public readonly record struct CredentialRecord(Hash256 Root, ulong Serial, ulong IssuedAt, ulong ExpiresAt, ulong RevokedAt);

/// <summary>What an account asks of those it deals with.</summary>
/// <param name="PolicyHash">keccak of its policy's text.</param>
/// <param name="Schemas">Each must be attested.</param>
/// <param name="Issuers">By one of these; by any that governance lists when there are none.</param>
public sealed record PolicyRecord(Hash256 PolicyHash, IReadOnlyList<Hash256> Schemas, IReadOnlyList<Address> Issuers);

/// <summary>The state of a list, such as one of sanctioned addresses, that a publisher screens against.</summary>
/// <param name="Root">Merkle root over the gaps between neighbouring addresses, or keccak of the list.</param>
/// <param name="Version">The publisher's number of it; only grows.</param>
/// <param name="Height">Block of the commitment.</param>
public readonly record struct ListRecord(Hash256 Root, ulong Version, ulong Height);

/// <summary>The list that an account screens those by that it deals with.</summary>
/// <param name="Publisher">Who keeps it.</param>
/// <param name="Name">keccak of its name.</param>
public readonly record struct ScreenRecord(Address Publisher, Hash256 Name);

/// <summary>A receipt that a key was destroyed, and with it the only way to read what it had encrypted.</summary>
/// <param name="KeyHash">keccak of the key, or a commitment to it made when it was used.</param>
/// <param name="Statement">keccak of the signed statement that is kept elsewhere.</param>
/// <param name="Height">Block of the receipt.</param>
public readonly record struct ErasureRecord(Hash256 KeyHash, Hash256 Statement, ulong Height);
