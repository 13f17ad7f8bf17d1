using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Hashes of keys that are asked for again and again: modules touch the same accounts and locations in every block. A table for each
/// thread, direct-mapped, so there is neither a lock nor an allocation; a hash is a pure function, so nothing ever becomes wrong.
/// </summary>
internal static class KeyHashes
{
    private const int Slots = 1024;

    [ThreadStatic]
    private static (Address Key, Hash256 Hash)[]? _addresses;

    [ThreadStatic]
    private static (Hash256 Key, Hash256 Hash)[]? _locations;

    /// <summary>keccak(address).</summary>
    public static Hash256 Of(Address address)
    {
        ref (Address Key, Hash256 Hash) entry = ref (_addresses ??= new (Address, Hash256)[Slots])[SlotOf(address.GetHashCode())];
        if (entry.Key != address || entry.Hash.IsZero)
        {
            Span<byte> bytes = stackalloc byte[Address.Size];
            address.CopyTo(bytes);
            entry = (address, Keccak256.Hash(bytes));
        }

        return entry.Hash;
    }

    /// <summary>keccak(location).</summary>
    public static Hash256 Of(in Hash256 location)
    {
        ref (Hash256 Key, Hash256 Hash) entry = ref (_locations ??= new (Hash256, Hash256)[Slots])[SlotOf(location.GetHashCode())];
        if (entry.Key != location || entry.Hash.IsZero)
        {
            Span<byte> bytes = stackalloc byte[Hash256.Size];
            location.CopyTo(bytes);
            entry = (location, Keccak256.Hash(bytes));
        }

        return entry.Hash;
    }

    private static int SlotOf(int hashCode) => hashCode & (Slots - 1);
}
