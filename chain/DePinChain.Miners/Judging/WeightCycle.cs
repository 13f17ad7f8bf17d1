using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>
/// Commits to weights in one epoch and reveals them in the one that the subnet says, through any restart: what opens a commitment is on
/// disk before the commitment is signed, the signed bytes before they are sent, and the same bytes are sent again.
/// </summary>
internal sealed class WeightCycle(
    SubnetHome home, SubnetChain chain, PrivateKey key, ValidatorNotes notes, EvidenceDesk desk, Drill drill, ProgramLog log)
{
    // A commitment names its epoch: one that comes into the next epoch's block cannot be opened any more.
    private const ulong BlocksBeforeEpoch = 2;
    private const int KeptMax = 32;

    /// <summary>The newest commitment.</summary>
    public CommitNote? Last => notes.Commits.LastOrDefault();

    public bool HasCommitted(ulong epoch) => notes.Commits.Any(note => note.Epoch == epoch && note.Stage != CommitStage.Lost);

    /// <summary>Brings what was begun further: finds out what the chain has, reveals what is due.</summary>
    public async Task GoOnAsync(SubnetView view, CancellationToken cancellation)
    {
        foreach (CommitNote note in notes.Commits.ToArray())
        {
            if (note.Stage == CommitStage.Prepared) await SettleAsync(note, view, cancellation);
            if (note.Stage != CommitStage.Committed) continue;
            ulong due = note.Epoch + view.RevealPeriod;
            if (view.EpochIndex == due) await RevealAsync(note, cancellation);
            else if (view.EpochIndex > due) Move(note, CommitStage.Missed);
        }
    }

    /// <summary>Commits to weights for this epoch, unless it is too late for it.</summary>
    public async Task<bool> CommitAsync(
        SubnetView view, byte[] weights, IReadOnlyList<byte[]> leaves, ulong versionKey, CancellationToken cancellation)
    {
        if (view.Head + BlocksBeforeEpoch >= view.NextEpochAt) return false;
        Hash256 evidence = Evidence.RootOf(leaves);
        Hash256 salt = SaltOf(view.EpochIndex);
        Hash256 commitment = Commitment(view.EpochIndex, weights, versionKey, evidence, salt);
        Amount deposit = (await chain.ParametersAsync(cancellation)).Amount("subnets", "commitDeposit");
        desk.Keep(view.EpochIndex, leaves);
        var note = new CommitNote
        {
            Epoch = view.EpochIndex,
            Weights = Hex.Encode(weights),
            VersionKey = versionKey,
            EvidenceRoot = evidence.ToString(),
            Salt = salt.ToString(),
        };
        Transaction signed = await chain.SignAsync(
            chain.Subnets.Plan("commitWeights", deposit, (UInt256)chain.Netuid, commitment.ToArray()), cancellation);
        (note.Raw, note.Transaction) = (Hex.Encode(signed.Raw.Span), signed.Hash.ToString());
        lock (notes.Gate)
        {
            notes.Commits.Add(note);
            if (notes.Commits.Count > KeptMax) notes.Commits.RemoveAt(0);
            notes.Save(home);
        }

        await drill.ReachAsync("weights-written");
        await SettleAsync(note, view, cancellation);
        return true;
    }

    /// <summary>Sets weights openly, where the subnet wants no commitments; once in an epoch.</summary>
    public async Task SetAsync(
        SubnetView view, byte[] weights, IReadOnlyList<byte[]> leaves, ulong versionKey, CancellationToken cancellation)
    {
        Hash256 evidence = Evidence.RootOf(leaves);
        desk.Keep(view.EpochIndex, leaves);
        TransactionPlan plan = chain.Subnets.Plan(
            "setWeights", Amount.Zero, (UInt256)chain.Netuid, weights, (UInt256)versionKey, evidence.ToArray());
        await chain.SendAsync(plan, cancellation);
        lock (notes.Gate)
        {
            notes.Commits.Add(new CommitNote
            {
                Epoch = view.EpochIndex,
                Stage = CommitStage.Revealed,
                Weights = Hex.Encode(weights),
                VersionKey = versionKey,
                EvidenceRoot = evidence.ToString(),
            });
            if (notes.Commits.Count > KeptMax) notes.Commits.RemoveAt(0);
            notes.Save(home);
        }

        log.Tell("weights set", ("epoch", view.EpochIndex));
    }

    // The chain says what became of a commitment; as long as its epoch lasts the same bytes are sent again.
    private async Task SettleAsync(CommitNote note, SubnetView view, CancellationToken cancellation)
    {
        Hash256 hash = Hash256.Parse(note.Transaction);
        JsonObject? receipt = view.EpochIndex == note.Epoch
            ? await chain.DeliverAsync(Hex.Decode(note.Raw), hash, cancellation)
            : await chain.FindReceiptAsync(hash, cancellation);
        if (receipt is null || !SubnetChain.Succeeded(receipt))
        {
            Move(note, CommitStage.Lost);
            return;
        }

        await drill.ReachAsync("weights-landed");
        ulong block = (ulong)JsonQuantity.OrZero(receipt["blockNumber"]);
        IReadOnlyList<ModuleLog> logs = await chain.Subnets.LogsAsync(
            "WeightsCommitted", block, block, cancellation, LogTopic.Of(chain.Netuid), LogTopic.Of(chain.Hotkey));
        Move(note, logs.Any(one => one.Values.Count("epoch") == note.Epoch) ? CommitStage.Committed : CommitStage.Lost);
    }

    private async Task RevealAsync(CommitNote note, CancellationToken cancellation)
    {
        if (note.RevealRaw.Length == 0)
        {
            Transaction signed = await chain.SignAsync(
                chain.Subnets.Plan(
                    "revealWeights", Amount.Zero, (UInt256)chain.Netuid, Hex.Decode(note.Weights), (UInt256)note.VersionKey,
                    Hash256.Parse(note.EvidenceRoot).ToArray(), Hash256.Parse(note.Salt).ToArray()),
                cancellation);
            (note.RevealRaw, note.RevealTransaction) = (Hex.Encode(signed.Raw.Span), signed.Hash.ToString());
            notes.Save(home);
            await drill.ReachAsync("reveal-written");
        }

        JsonObject? receipt = await chain.DeliverAsync(Hex.Decode(note.RevealRaw), Hash256.Parse(note.RevealTransaction), cancellation);
        if (receipt is not null && SubnetChain.Succeeded(receipt))
        {
            await drill.ReachAsync("reveal-landed");
            Move(note, CommitStage.Revealed);
            return;
        }

        // The nonce went to another transaction, or the block refused it: the next round signs anew and hears the reason.
        note.RevealRaw = note.RevealTransaction = "";
        notes.Save(home);
    }

    private void Move(CommitNote note, CommitStage stage)
    {
        if (note.Stage == stage) return;
        note.Stage = stage;
        notes.Save(home);
        if (stage is CommitStage.Lost or CommitStage.Missed) log.Warn($"weights of epoch {note.Epoch}: {stage}");
        else log.Tell(stage == CommitStage.Committed ? "weights committed" : "weights revealed", ("epoch", note.Epoch));
    }

    // A salt that follows from the key opens a commitment even when the notes are gone, as long as the weights can be told again.
    private Hash256 SaltOf(ulong epoch)
    {
        byte[] name = System.Text.Encoding.ASCII.GetBytes(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"DPC-SALT1/{chain.ChainId}/{chain.Netuid}/{epoch}"));
        return new Hash256(System.Security.Cryptography.HMACSHA256.HashData(key.ToArray(), name));
    }

    private Hash256 Commitment(ulong epoch, byte[] weights, ulong versionKey, in Hash256 evidence, in Hash256 salt)
    {
        AbiType word = AbiType.Parse("uint256"), bytes32 = AbiType.Parse("bytes32");
        return Keccak256.Hash(AbiCodec.Encode(
            [word, word, AbiType.Parse("address"), word, AbiType.Parse("bytes"), word, bytes32, bytes32],
            [
                (UInt256)chain.ChainId, (UInt256)chain.Netuid, chain.Hotkey, (UInt256)epoch, weights, (UInt256)versionKey,
                evidence.ToArray(), salt.ToArray(),
            ]));
    }
}
