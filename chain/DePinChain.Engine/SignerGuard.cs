using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Signs proposals and votes, and never two different things in one slot.</summary>
/// <remarks>
/// The mark is durable before a signature leaves this class. The guard knows the mark and nothing else; what a lock forbids
/// is the business of the write-ahead log. Used by the consensus loop only.
/// </remarks>
public sealed class SignerGuard : IDisposable
{
    private readonly SignerMarkFile _file;
    private readonly IDisposable _lock;
    private readonly Func<Hash256, Signature> _sign;

    private SignerGuard(SignerMarkFile file, IDisposable held, Func<Hash256, Signature> sign, SignerMark mark)
    {
        _file = file;
        _lock = held;
        _sign = sign;
        Mark = mark;
    }

    /// <summary>The highest slot signed so far; height 0 when nothing was.</summary>
    public SignerMark Mark { get; private set; }

    /// <summary>Opens the guard of a key.</summary>
    /// <param name="folder">The node's folder; another process that has it open is a refusal.</param>
    /// <param name="chainId">The chain the mark must be of.</param>
    /// <param name="sign">Signs a digest deterministically (RFC 6979).</param>
    /// <param name="initialize">Whether a missing mark may be begun: only for a key that has never signed.</param>
    /// <exception cref="RefusalException">The mark is missing, unreadable, of another chain, or in use.</exception>
    public static SignerGuard Open(IFolder folder, ulong chainId, Func<Hash256, Signature> sign, bool initialize)
    {
        SignerMarkFile file = new(folder);
        IDisposable held = file.Lock();
        try
        {
            return new SignerGuard(file, held, sign, ReadMark(file, chainId, initialize));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Signs, or hands out the stored signature when exactly this was signed last.</summary>
    /// <returns>False when the slot lies below the mark, or at it with another digest.</returns>
    public bool TrySign(SigningSlot slot, in Hash256 digest, out Signature signature)
    {
        Invariant.Assert(
            slot.Height > 0 && slot.Step is >= SigningStep.Propose and <= SigningStep.Precommit,
            "a slot names what is signed");
        signature = Mark.Signature;
        if (slot == Mark.Slot) return digest == Mark.Digest;
        if (slot < Mark.Slot) return false;
        signature = _sign(digest);
        SignerMark next = new(Mark.ChainId, slot, digest, signature);
        _file.Write(next);
        Mark = next;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static SignerMark ReadMark(SignerMarkFile file, ulong chainId, bool initialize)
    {
        if (!file.Exists)
        {
            if (!initialize) throw Missing(file.Place);
            SignerMark nothing = SignerMark.Nothing(chainId);
            file.Write(nothing);
            return nothing;
        }

        SignerMark mark = file.Find() ?? throw Unreadable(file.Place);
        if (mark.ChainId != chainId) throw OtherChain(file.Place, mark.ChainId, chainId);
        return mark;
    }

    private static RefusalException Missing(string path) => new(
        ExitCode.RefusedForSafety,
        $"The signer's mark {path} is missing while this machine has a key, so signing could be double signing; restore the file, "
        + "or start once with --init-signer if this key has never signed.");

    private static RefusalException Unreadable(string path) => new(
        ExitCode.RefusedForSafety,
        $"Both copies in the signer's mark {path} are damaged; restore the file, or run: "
        + "depin signer reset --min-height HEIGHT --i-know, with a height two blocks past the chain's head.");

    private static RefusalException OtherChain(string path, ulong found, ulong wanted) => new(
        ExitCode.RefusedForSafety,
        $"The signer's mark {path} is of chain {found}, this network is {wanted}; choose the data folder of this network with --data.");
}
