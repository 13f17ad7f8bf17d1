using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>What an overlay changes, in the order of hashed keys, which is the order of the trie.</summary>
public sealed record StateChanges(IReadOnlyList<AccountChange> Accounts, IReadOnlyList<BlobChange> Blobs);

/// <summary>
/// A changed account or an account with changed records. <see cref="Account.StorageRoot"/> is the parent's on both sides.
/// </summary>
public sealed record AccountChange(
    Address Address, Hash256 AddressHash, Account? Before, Account? After, IReadOnlyList<RecordChange> Records);

/// <summary>A changed record; null is absence.</summary>
public readonly record struct RecordChange(Hash256 Location, Hash256 LocationHash, byte[]? Before, byte[]? After);

/// <summary>A blob that gains or loses references; the body is there when it was put.</summary>
public readonly record struct BlobChange(Hash256 BodyHash, long References, byte[]? Body);
