using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>An account an overlay has looked at: what the parent says and what the overlay says.</summary>
internal sealed class AccountEntry(Address address, Account? before)
{
    public Address Address { get; } = address;

    public Account? Before { get; } = before;

    public Account? Now { get; set; } = before;
}

/// <summary>A record an overlay has looked at.</summary>
internal sealed class RecordEntry(Address account, Hash256 location, byte[]? before)
{
    public Address Account { get; } = account;

    public Hash256 Location { get; } = location;

    public byte[]? Before { get; } = before;

    public byte[]? Now { get; set; } = before;

    public bool IsChanged => !ReferenceEquals(Before, Now) && (Before is null || Now is null || !Before.AsSpan().SequenceEqual(Now));
}

/// <summary>A blob an overlay has put or released.</summary>
internal sealed class BlobEntry(Hash256 bodyHash)
{
    public Hash256 BodyHash { get; } = bodyHash;

    public long References { get; set; }

    public byte[]? Body { get; set; }
}

/// <summary>The key of a record: whose, and where.</summary>
internal readonly record struct RecordKey(Address Account, Hash256 Location);
