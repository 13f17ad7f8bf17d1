using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>
/// Takes sectors from data to power: seals, promises, proves (a small proof in the block, a large one as a blob that a committee judges),
/// and leaves the windows to <see cref="WindowRound"/>. Each step asks the chain first and may be done twice without harm.
/// </summary>
internal sealed class SealRound(SectorChain sectors, SectorHome home, SealedDeals deals, ProgramLog log)
{
    private readonly Dictionary<ulong, Task<SealedReplica>> _sealing = [];
    private readonly Dictionary<ulong, SealedReplica> _replicas = [];
    private readonly Dictionary<string, ulong> _told = [];
    private readonly WindowRound _windows = new(sectors, home, log);
    private readonly BlobJobs _jobs = new(sectors.Chain, log);

    private StorageChain Chain => sectors.Chain;

    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        await deals.PlanAsync(cancellation);
        IReadOnlyList<SectorNote> notes = home.List();
        foreach (SectorNote note in notes.Where(static note => note.Step != SectorStep.Over))
        {
            try
            {
                await StepAsync(note, head, cancellation);
            }
            catch (NodeRefusedException refused)
            {
                WarnOnce(note, head, Chain.Words(refused));
            }
        }

        if (notes.Any(static note => note.Step == SectorStep.Sealed)) await _windows.RunAsync(head, cancellation);
    }

    private async Task StepAsync(SectorNote note, ulong head, CancellationToken cancellation)
    {
        switch (note.Step)
        {
            case SectorStep.Planned:
                await ReplicateAsync(note, head, cancellation);
                break;
            case SectorStep.Replicated:
                await PromiseAsync(note, head, cancellation);
                break;
            case SectorStep.Promised:
                await ProveAsync(note, head, cancellation);
                break;
            case SectorStep.Announced:
                if (!await FollowAsync(note, cancellation)) await OpenAsync(note, head, cancellation);
                break;
            default:
                await FollowAsync(note, cancellation);
                break;
        }
    }

    // Sealing takes minutes for a large sector: it runs beside the agent's other duties, one sector at a time.
    private async Task ReplicateAsync(SectorNote note, ulong head, CancellationToken cancellation)
    {
        if (_sealing.TryGetValue(note.Sector, out Task<SealedReplica>? running))
        {
            if (!running.IsCompleted) return;
            _sealing.Remove(note.Sector);
            SealedReplica made = await running;
            AgentHome.Replace(home.ReplicaPath(note.Sector), made.Replica);
            _replicas[note.Sector] = made;
            home.Save(note with
            {
                Step = SectorStep.Replicated,
                CommR = made.CommR.ToString(),
                CommC = made.CommC.ToString(),
            });
            log.Tell("sealed", ("sector", note.Sector), ("replica", made.CommR));
            return;
        }

        if (_sealing.Count > 0 || !await HasBegunAsync(note, cancellation)) return;
        byte[] padded = await File.ReadAllBytesAsync(home.DataPath(note.Sector), cancellation);
        SectorNote begun = note with
        {
            TicketBlock = head - 1,
            Ticket = (await sectors.BeaconAsync("ticketOf", head - 1, cancellation)).ToString(),
            CommD = SealedReplica.CommDOf(padded).ToString(),
        };
        home.Save(begun);
        SectorIdentity identity = begun.IdentityOf(Chain.ChainId, sectors.Provider);
        _sealing[note.Sector] = Task.Run(() => SealedReplica.Seal(begun.Shape, identity, padded), cancellation);
    }

    private async Task<bool> HasBegunAsync(SectorNote note, CancellationToken cancellation)
    {
        if (await sectors.FindCalendarAsync(cancellation) is { } calendar)
        {
            if (calendar.Count("kind") == (ulong)note.Kind) return true;
            string other = ((SectorKind)calendar.Count("kind")).ToString();
            End(note, $"this provider seals sectors of another size ({other}); register another one for these");
            return false;
        }

        await Chain.SendAsync(
            Chain.Sectors.Plan("beginSealing", Amount.Zero, (UInt256)sectors.Provider, (UInt256)(ulong)note.Kind), cancellation);
        return true;
    }

    private async Task PromiseAsync(SectorNote note, ulong head, CancellationToken cancellation)
    {
        if (await sectors.FindAsync(note.Sector, cancellation) is null)
        {
            GovernedParameters rules = await Chain.ParametersAsync(cancellation);
            if (head > note.TicketBlock + rules.Count("sealedSectors", "ticketAgeMax") - 2)
            {
                // The ticket went stale while the machine was off: it is sealed again with a new one.
                home.Save(note with { Step = SectorStep.Planned });
                return;
            }

            ulong expiration = head + rules.Count("sealedSectors", "preCommitDelay") + rules.Count("sealedSectors", "proveBlocksMax")
                + Math.Max(note.Blocks, rules.Count("sealedSectors", "lifeBlocksMin")) + 10;
            (ulong latest, object?[] paying) = await deals.PromisedAsync(note, cancellation);
            expiration = Math.Max(expiration, latest);
            object?[] promise =
            [
                (UInt256)note.Sector, Hash256.Parse(note.CommR).ToArray(), (UInt256)note.TicketBlock, (UInt256)expiration,
                note.Pieces.Select(static piece => (object?)piece.Read().Encode()).ToArray(),
                paying,
            ];
            Amount missing = await sectors.MissingAsync(note.Kind, cancellation);
            object?[] promises = [promise];
            await Chain.SendAsync(Chain.Sectors.Plan("preCommitSectors", missing, (UInt256)sectors.Provider, promises), cancellation);
        }

        home.Save(note with { Step = SectorStep.Promised });
        log.Tell("sector promised", ("sector", note.Sector));
    }

    private async Task ProveAsync(SectorNote note, ulong head, CancellationToken cancellation)
    {
        if (await FollowAsync(note, cancellation)) return;
        if (await sectors.FindAsync(note.Sector, cancellation) is not ({ } record, ChainSector.PreCommitted)) return;
        ulong delay = (await Chain.ParametersAsync(cancellation)).Count("sealedSectors", "preCommitDelay");
        if (head <= record.Count("preCommittedAt") + delay) return;
        Hash256 seed = await sectors.BeaconAsync("seedOf", note.Sector, cancellation);
        byte[] proof = (await ReplicaAsync(note, cancellation)).Prove(seed);
        if (proof.Length <= SectorChain.ProofBytesMax)
        {
            object?[] numbers = [(UInt256)note.Sector], proofs = [proof];
            await Chain.SendAsync(
                Chain.Sectors.Plan("proveCommitSectors", Amount.Zero, (UInt256)sectors.Provider, numbers, proofs), cancellation);
            await FollowAsync(note, cancellation);
            return;
        }

        byte[] blob = ReplicationBlob.FromProof(note.Shape, proof);
        AgentHome.Replace(home.BlobPath(note.Sector), blob);
        Hash256 root = BlobTree.RootOf(blob, (uint)ReplicationBlob.ChunkBytesOf(note.Shape));
        await Chain.SendAsync(
            Chain.Sectors.Plan("commitSealBlob", Amount.Zero, (UInt256)sectors.Provider, (UInt256)note.Sector, root.ToArray()),
            cancellation);
        await FollowAsync(note, cancellation);
    }

    private async Task OpenAsync(SectorNote note, ulong head, CancellationToken cancellation)
    {
        byte[] blob = await File.ReadAllBytesAsync(home.BlobPath(note.Sector), cancellation);
        uint chunkBytes = (uint)ReplicationBlob.ChunkBytesOf(note.Shape);
        if (!await _jobs.TryOpenAsync(note.Job, blob, chunkBytes, head, cancellation)) return;
        home.Save(note with { Step = SectorStep.Judged });
        log.Tell("committee asked", ("sector", note.Sector), ("job", note.Job));
    }

    // Where the chain has it now; true when that is further than the note says.
    private async Task<bool> FollowAsync(SectorNote note, CancellationToken cancellation)
    {
        if (await sectors.FindAsync(note.Sector, cancellation) is not ({ } record, { } state)) return false;
        switch (state)
        {
            case ChainSector.PreCommitted when note.Step is SectorStep.Announced or SectorStep.Judged:
                // No committee decided: the proof may be brought again while there is time.
                home.Save(note with { Step = SectorStep.Promised, Job = 0 });
                log.Warn("no committee decided; the proof is brought again", ("sector", note.Sector), ("job", note.Job));
                return true;
            case ChainSector.Proving when note.Step == SectorStep.Promised:
                home.Save(note with { Step = SectorStep.Announced, Job = record.Count("job") });
                log.Tell("proof announced", ("sector", note.Sector), ("job", record.Count("job")));
                return true;
            case ChainSector.Sealed or ChainSector.Active or ChainSector.Faulty or ChainSector.Recovering:
                if (note.Step == SectorStep.Sealed) return true;
                home.Save(note with
                {
                    Step = SectorStep.Sealed,
                    Partition = (uint)record.Count("partition"),
                    Place = (byte)record.Count("place"),
                });
                home.ForgetData(note.Sector);
                deals.Forget(note);
                _replicas.Remove(note.Sector);
                log.Tell("sector sealed", ("sector", note.Sector), ("partition", record.Count("partition")));
                return true;
            case ChainSector.Expired or ChainSector.Terminated or ChainSector.Dropped:
                End(note, $"the chain says: {state}");
                return true;
            default:
                return false;
        }
    }

    // What was lost with a restart is made again; the ticket is the same, so the replica is.
    private async Task<SealedReplica> ReplicaAsync(SectorNote note, CancellationToken cancellation)
    {
        if (_replicas.TryGetValue(note.Sector, out SealedReplica? known)) return known;
        byte[] padded = await File.ReadAllBytesAsync(home.DataPath(note.Sector), cancellation);
        SectorIdentity identity = note.IdentityOf(Chain.ChainId, sectors.Provider);
        SealedReplica made = await Task.Run(() => SealedReplica.Seal(note.Shape, identity, padded), cancellation);
        return _replicas[note.Sector] = made;
    }

    private void End(SectorNote note, string why)
    {
        home.Save(note with { Step = SectorStep.Over, Why = why });
        _replicas.Remove(note.Sector);
        log.Warn("a sector is over", ("sector", note.Sector), ("why", why));
    }

    private void WarnOnce(SectorNote note, ulong head, string why)
    {
        string key = $"{note.Sector} {note.Step} {why}";
        if (_told.TryGetValue(key, out ulong at) && head < at + 100) return;
        _told[key] = head;
        log.Warn($"sector {note.Sector} ({note.Step}) is held up: {why}");
    }
}
