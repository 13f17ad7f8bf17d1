using System.Buffers.Binary;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>The beacon's only door: a seed for one purpose out of the mix of a finished block.</summary>
/// <remarks>What a seed tests must have been committed in a block before <c>height</c>; the mix of the same block was known to its
/// proposer.</remarks>
/// <param name="chainId">EIP-155 chain id, so that two networks never share a seed.</param>
/// <param name="currentHeight">The block being run: its own mix does not exist yet.</param>
/// <param name="mixAt">mixHash of a past block, or null when it is no longer kept.</param>
public sealed class Randomness(ulong chainId, ulong currentHeight, Func<ulong, Hash256?> mixAt)
{
    /// <summary>keccak256(domain ‖ chainId ‖ mix(height) ‖ key): domain in UTF-8, chainId in 32 bytes.</summary>
    /// <param name="height">A block before this one whose mix is still kept.</param>
    /// <param name="domain">What the seed is for, such as "storage/challenge": two purposes never share a seed.</param>
    /// <param name="key">Which object it is for.</param>
    /// <exception cref="Revert"><see cref="BeaconExpired"/> when the height is not past or no longer kept.</exception>
    public Hash256 At(ulong height, string domain, ReadOnlySpan<byte> key)
    {
        Hash256 mix = (height < currentHeight ? mixAt(height) : null) ?? throw Revert.With(new BeaconExpired(height));
        int domainSize = Encoding.UTF8.GetByteCount(domain);
        byte[] preimage = new byte[domainSize + (2 * Hash256.Size) + key.Length];
        Encoding.UTF8.GetBytes(domain, preimage);
        Span<byte> rest = preimage.AsSpan(domainSize);
        BinaryPrimitives.WriteUInt64BigEndian(rest[(Hash256.Size - sizeof(ulong))..], chainId);
        mix.CopyTo(rest[Hash256.Size..]);
        key.CopyTo(rest[(2 * Hash256.Size)..]);
        return Keccak256.Hash(preimage);
    }

    /// <inheritdoc cref="At(ulong, string, ReadOnlySpan{byte})"/>
    /// <remarks>The key is eight bytes, big-endian.</remarks>
    public Hash256 At(ulong height, string domain, ulong key)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, key);
        return At(height, domain, bytes);
    }

    /// <inheritdoc cref="At(ulong, string, ReadOnlySpan{byte})"/>
    public Hash256 At(ulong height, string domain, Hash256 key)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        key.CopyTo(bytes);
        return At(height, domain, bytes);
    }

    /// <inheritdoc cref="At(ulong, string, ReadOnlySpan{byte})"/>
    public Hash256 At(ulong height, string domain, Address key)
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        key.CopyTo(bytes);
        return At(height, domain, bytes);
    }
}
