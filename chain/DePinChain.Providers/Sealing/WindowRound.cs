using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>
/// Proves sealed sectors in their windows: what lies on the disk is shown, what does not is said to be skipped, which costs less than
/// silence; what came back is declared recovered. Collects rewards after each window.
/// </summary>
internal sealed class WindowRound(SectorChain sectors, SectorHome home, ProgramLog log)
{
    private readonly Dictionary<ulong, ulong> _shown = [];
    private readonly Dictionary<ulong, ulong> _recovered = [];
    private readonly WindowClaims _claims = new(sectors, home, log);

    private StorageChain Chain => sectors.Chain;

    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        AbiRecord duty = await Chain.Sectors.RecordAsync("nextDuty", cancellation, (UInt256)sectors.Provider);
        ulong partitions = duty.Count("partitions"), deadline = duty.Count("deadline"), period = duty.Count("period");
        bool isOpen = partitions > 0 && head >= duty.Count("opens") && head < duty.Count("closes");
        if (isOpen && _shown.GetValueOrDefault(deadline) < period)
        {
            try
            {
                Hash256 seed = await sectors.BeaconAsync("challengeOf", duty.Count("seedBlock"), cancellation);
                for (ulong index = 0; index < partitions; index++)
                    await ProveAsync((uint)((deadline << 16) | index), deadline, period, seed, cancellation);
                _shown[deadline] = period;
                await ClaimAsync(cancellation);
                await SettleAsync(deadline, cancellation);
            }
            catch (NodeRefusedException refused)
            {
                log.Warn("a window's proof was refused", ("deadline", deadline), ("period", period), ("why", Chain.Words(refused)));
            }
        }

        await OpenAsync(head, cancellation);
        await RecoverAsync(head, cancellation);
    }

    private async Task OpenAsync(ulong head, CancellationToken cancellation)
    {
        if (home.List().FirstOrDefault(static note => note.Step == SectorStep.Sealed) is not { } any) return;
        try
        {
            foreach (ulong deadline in await _claims.OpenAsync(any.Shape, head, cancellation)) _shown.Remove(deadline);
        }
        catch (NodeRefusedException refused)
        {
            // What stands in the way may go; a job that is never opened counts as a missed window.
            log.Warn("a window's committee could not be asked", ("why", Chain.Words(refused)));
        }
    }

    private async Task ProveAsync(uint partition, ulong deadline, ulong period, Hash256 seed, CancellationToken cancellation)
    {
        AbiRecord record = await Chain.Sectors.RecordAsync(
            "getPartition", cancellation, (UInt256)sectors.Provider, (UInt256)partition);
        UInt256 proven = record.Count("provenPeriod") == period ? record.Number("proven") : UInt256.Zero;
        UInt256 due = record.Number("live") & (~record.Number("faulty") | record.Number("recovering")) & ~proven;
        List<SectorNote> notes = [.. home.List().Where(note => note.Step == SectorStep.Sealed && note.Partition == partition)];
        List<(byte Place, byte[] Part)> shown = [];
        UInt256 skipped = UInt256.Zero;
        for (int place = 0; place <= byte.MaxValue; place++)
        {
            UInt256 bit = UInt256.One << place;
            if ((due & bit) == UInt256.Zero) continue;
            SectorNote? note = notes.Find(one => one.Place == place);
            if (note is not null && Show(note, seed) is { } part) shown.Add(((byte)place, part));
            else skipped |= bit;
        }

        if (shown.Count == 0 && skipped == UInt256.Zero) return;
        if (skipped != UInt256.Zero)
            log.Warn("sectors are lost and declared faulty: they earn nothing", ("partition", partition), ("places", skipped));
        UInt256 recovering = record.Number("recovering");
        List<(byte Place, byte[] Part)> large = [.. shown.Where(one => ((recovering >> one.Place) & UInt256.One) == UInt256.Zero)];
        int all = shown.Count;
        if (large.Count > 0 && await _claims.TryClaimAsync(notes[0].Shape, partition, period, large, cancellation))
        {
            shown.RemoveAll(one => large.Contains(one));
            if (shown.Count == 0 && skipped == UInt256.Zero) return;
        }

        int most = shown.Count == 0 ? 1 : SectorChain.ProofBytesMax / shown[0].Part.Length;
        foreach ((byte Place, byte[] Part)[] batch in shown.Count == 0 ? [[]] : shown.Chunk(most))
        {
            UInt256 places = batch.Aggregate(UInt256.Zero, static (mask, one) => mask | (UInt256.One << one.Place));
            object?[] numbers = [(UInt256)partition], masks = [places], lost = [skipped];
            await Chain.SendAsync(
                Chain.Sectors.Plan(
                    "submitWindowPoSt", Amount.Zero, (UInt256)sectors.Provider, (UInt256)deadline, numbers, masks, lost,
                    batch.SelectMany(static one => one.Part).ToArray()),
                cancellation);
            skipped = UInt256.Zero;
        }

        log.Tell("window proven", ("partition", partition), ("period", period), ("sectors", all));
    }

    // Null when the replica is gone, or is not what was sealed any more.
    private byte[]? Show(SectorNote note, Hash256 seed)
    {
        try
        {
            MerkleTree tree = MerkleTree.Over(File.ReadAllBytes(home.ReplicaPath(note.Sector)));
            Hash256 commC = Hash256.Parse(note.CommC);
            if (SectorCommitments.CommR(note.Shape, commC, tree.Root).ToString() != note.CommR) return null;
            return SpacetimeProof.Prove(
                note.Shape, Chain.ChainId, sectors.Provider, seed, note.Sector, commC, tree, static _ => []);
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private async Task RecoverAsync(ulong head, CancellationToken cancellation)
    {
        foreach (SectorNote note in home.List().Where(static note => note.Step == SectorStep.Sealed))
        {
            if (_recovered.GetValueOrDefault(note.Sector) + 10 > head) continue;
            if (await sectors.FindAsync(note.Sector, cancellation) is not (_, ChainSector.Faulty)) continue;
            _recovered[note.Sector] = head;
            Hash256 seed = await sectors.BeaconAsync("challengeOf", head - 1, cancellation);
            if (Show(note, seed) is not { } part) continue;
            try
            {
                await Chain.SendAsync(
                    Chain.Sectors.Plan(
                        "declareRecoveries", Amount.Zero, (UInt256)sectors.Provider, (UInt256)note.Partition,
                        UInt256.One << note.Place, (UInt256)(head - 1), part),
                    cancellation);
                log.Tell("sector is there again", ("sector", note.Sector));
            }
            catch (NodeRefusedException refused)
            {
                // Too near its window, or something is owed: it is tried again.
                log.Tell("not recovered yet", ("sector", note.Sector), ("why", Chain.Words(refused)));
            }
        }
    }

    // The windows that are over are judged for the deals in the sectors, and what they prove is paid.
    private async Task SettleAsync(ulong deadline, CancellationToken cancellation)
    {
        foreach (SectorNote note in home.List().Where(note => note.Step == SectorStep.Sealed && note.Partition >> 16 == deadline))
        {
            List<object?> earning = [];
            foreach (SectorPiece piece in note.Pieces.Where(static piece => piece.Deal != 0))
            {
                AbiRecord deal = await Chain.DealAsync(piece.Deal, cancellation);
                if (deal.Count("state") == (ulong)DealStanding.Active) earning.Add((UInt256)piece.Deal);
            }

            if (earning.Count == 0) continue;
            await Chain.SendAsync(
                Chain.Sectors.Plan("closeSectorPeriods", Amount.Zero, (UInt256)sectors.Provider, (UInt256)note.Sector), cancellation);
            object?[] ids = [.. earning];
            await Chain.SendAsync(Chain.Market.Plan("settleDeals", Amount.Zero, [ids]), cancellation);
        }
    }

    private async Task ClaimAsync(CancellationToken cancellation)
    {
        try
        {
            AbiRecord answer = await Chain.Sectors.ViewAsync("vestingOf", cancellation, (UInt256)sectors.Provider);
            if ((UInt256)answer.Values[1]! == UInt256.Zero) return; // nothing to claim
            await Chain.SendAsync(Chain.Sectors.Plan("claim", Amount.Zero, (UInt256)sectors.Provider), cancellation);
        }
        catch (NodeRefusedException refused)
        {
            log.Warn("rewards could not be claimed", ("why", Chain.Words(refused)));
        }
    }
}
