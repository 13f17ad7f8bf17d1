using System.Globalization;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>Keeps the leaves behind committed weights and shows the one that somebody asks for on the chain.</summary>
internal sealed class EvidenceDesk(SubnetHome home, SubnetChain chain, ProgramLog log)
{
    private const int EpochsKept = 32;

    private readonly HashSet<ulong> _waiting = [];
    private ulong _seenTo;

    /// <summary>Keeps an epoch's leaves; the oldest go.</summary>
    public void Keep(ulong epoch, IReadOnlyList<byte[]> leaves)
    {
        Directory.CreateDirectory(home.EvidencePath);
        DurableFile.Replace(PathOf(epoch), leaves.SelectMany(static leaf => leaf).ToArray());
        if (epoch >= EpochsKept) File.Delete(PathOf(epoch - EpochsKept));
    }

    /// <summary>Answers the challenges that are open. After a start those of the last tempos are looked up again.</summary>
    public async Task AnswerAsync(SubnetView view, CancellationToken cancellation)
    {
        ulong from = _seenTo > 0 ? _seenTo : view.Head - Math.Min(view.Head, 2UL * view.Tempo);
        IReadOnlyList<ModuleLog> asked = await chain.Subnets.LogsAsync(
            "EvidenceChallenged", from, view.Head, cancellation, LogTopic.Of(chain.Netuid), LogTopic.Of(chain.Hotkey));
        foreach (ModuleLog one in asked) _waiting.Add(one.Values.Count("challenge"));
        _seenTo = view.Head + 1;
        foreach (ulong challenge in _waiting.ToArray())
        {
            if (await FindAsync(challenge, cancellation) is { } open) await ShowAsync(challenge, open, cancellation);
            _waiting.Remove(challenge);
        }
    }

    private async Task ShowAsync(ulong challenge, AbiRecord open, CancellationToken cancellation)
    {
        string kept = PathOf(open.Count("epoch"));
        byte[] bytes = File.Exists(kept) ? await File.ReadAllBytesAsync(kept, cancellation) : [];
        byte[][] leaves = [.. bytes.Chunk(Evidence.LeafSize)];
        if (leaves.Length == 0 || Evidence.RootOf(leaves) != open.Hash("root"))
        {
            log.Warn($"challenge {challenge} cannot be answered: the leaves of epoch {open.Count("epoch")} are not in {home.EvidencePath}");
            return;
        }

        int index = (int)Math.Min(open.Count("leaf"), (ulong)leaves.Length - 1);
        object?[] path = [.. Evidence.PathOf(leaves, index).Select(static node => (object?)node.ToArray())];
        await chain.SendAsync(
            chain.Subnets.Plan(
                "openEvidence", Amount.Zero, (UInt256)challenge, leaves[index], (UInt256)(ulong)index, (UInt256)(ulong)leaves.Length, path),
            cancellation);
        log.Tell("evidence shown", ("challenge", challenge), ("leaf", index));
    }

    private async Task<AbiRecord?> FindAsync(ulong challenge, CancellationToken cancellation)
    {
        try
        {
            return await chain.Subnets.RecordAsync("challenge", cancellation, (UInt256)challenge);
        }
        catch (NodeRefusedException)
        {
            // It has ended.
            return null;
        }
    }

    private string PathOf(ulong epoch) => Path.Combine(home.EvidencePath, epoch.ToString(CultureInfo.InvariantCulture) + ".leaves");
}
