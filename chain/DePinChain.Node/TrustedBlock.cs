using System.Globalization;
using DePinChain.Engine;
using DePinChain.Ledger;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary>A block that the operator believes in, from a source other than the peers: <c>HEIGHT:HASH</c>.</summary>
/// <remarks>
/// Weak subjectivity: whoever has unbonded can sign a second history at no cost, so a node that begins anew, or was away for long, needs
/// one block of the right one.
/// </remarks>
internal sealed record TrustedBlock(ulong Height, Hash256 Hash)
{
    /// <exception cref="RefusalException">The text is not such a block.</exception>
    public static TrustedBlock Parse(string text, Func<string, RefusalException> wrong)
    {
        string[] parts = text.Split(':');
        bool isRead = parts.Length == 2
            & ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)
            & Hash256.TryParse(parts[^1], out Hash256 hash);
        return isRead && height > 0 ? new TrustedBlock(height, hash) : throw wrong($"--trusted {text} is not HEIGHT:HASH");
    }

    /// <summary>What contradicts it among the blocks that a node has, or null.</summary>
    public RefusalException? FindContradiction(BlockArchive archive) =>
        archive.FindHeader(Height) is { } header && header.Hash != Hash
            ? new RefusalException(
                ExitCode.RefusedForSafety,
                $"Block {Height} of this node is {header.Hash}, not the trusted {Hash}: it follows another history, or the trusted block "
                + "is mistyped. Compare with a source you believe; if the node is wrong, move its database away and start again.")
            : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Height}:{Hash}");
}
