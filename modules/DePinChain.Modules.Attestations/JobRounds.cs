using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Attestations;

/// <summary>The way of a job: announced, drawn, committed, revealed, and once more with another committee when nobody decided.</summary>
internal sealed class JobRounds(
    ModuleState state, Logs logs, IBank bank, IStaking staking, JobKinds kinds, VerifierRegistry verifiers, JobBook jobs, Audits audits,
    Settlement settlement)
{
    /// <summary>The custody epoch of a job without shards.</summary>
    public const ulong NoCustody = ulong.MaxValue;

    public JobTerms TermsOf(JobKind kind)
    {
        IJobKind? found = kinds.Find(kind);
        Require(found is not null, new UnknownJobKind(kind));
        return found.Terms;
    }

    public ulong Announce(JobOrder order, BlockContext block, in AttestationsParameters rules)
    {
        JobTerms terms = TermsOf(order.Kind);
        if (terms.NeedsCertificate)
        {
            Require(order.BlobBytes is > 0 and <= AttestationsPolicy.BlobBytesMax, new InvalidBlob(order.BlobBytes, order.ChunkBytes));
            Require(order.ChunkBytes is > 0 and <= AttestationsPolicy.ChunkBytesMax, new InvalidBlob(order.BlobBytes, order.ChunkBytes));
        }

        Amount fee = AttestationsPolicy.FeeOf(terms, block.BaseFee);
        bank.Transfer(order.FeeFrom, state.Module, fee);
        ulong job = jobs.Add(new JobRecord(
            order.Kind, order.Subject, order.Excluded, order.RefundTo, fee, order.BlobRoot, order.BlobBytes, order.ChunkBytes, order.Lanes,
            terms.NeedsCertificate ? JoinCustody() : NoCustody, OpenedAt: 0, Hash256.Zero, []));
        logs.Emit(new JobAnnounced(job, order.Kind, order.Subject, order.BlobRoot, order.BlobBytes, fee));
        if (terms.NeedsCertificate)
        {
            ulong until = block.Number + rules.CertificateBlocks;
            jobs.Begin(job, new JobProgress(JobState.Announced, 0, 0, 0, 0, 0, 0, until), until);
        }
        else
        {
            AwaitSeed(job, default, block.Number, rules);
        }

        return job;
    }

    /// <summary>Waits for the randomness that draws the next committee: of a block after the one that fixed everything else.</summary>
    public void AwaitSeed(ulong job, in JobProgress progress, ulong now, in AttestationsParameters rules)
    {
        ulong height = now + rules.SeedBlocks;
        jobs.Begin(job, progress with { State = JobState.Drawing, Until = height }, height + 1);
    }

    /// <summary>Runs a planned step, unless the job has gone on since.</summary>
    public void Run(in JobStep step, BlockContext block, in AttestationsParameters rules)
    {
        JobProgress progress = jobs.ProgressOf(step.Job);
        if (progress.State == JobState.Unknown || progress.Serial != step.Serial) return;
        switch (progress.State)
        {
            case JobState.Announced:
                settlement.GiveUp(step.Job, JobDecision.Unopened, block);
                break;
            case JobState.Drawing:
                Draw(step.Job, progress, block, rules);
                break;
            case JobState.Committing:
                OpenReveals(step.Job, progress, block.Number, block.Number + rules.RevealBlocks);
                break;
            case JobState.Revealing:
                Count(step.Job, progress, block, rules);
                break;
            default:
                TallyResult confirmed = new(JobDecision.Confirmed, Verdict.Valid, Hash256.Zero, []);
                settlement.Close(step.Job, TermsOf(jobs.Get(step.Job).Kind), confirmed, block, rules);
                break;
        }
    }

    /// <summary>A seat that its worker may act in now.</summary>
    public JobProgress Seat(in Voter voter, ulong job, ushort seat, JobState phase, SeatState expected, out SeatRecord record)
    {
        JobProgress progress = jobs.ProgressOf(job);
        Require(progress.State == phase && voter.Now < progress.Until, new WrongPhase(job, progress.State, progress.Until));
        record = jobs.SeatOf(job, seat);
        Require(record.Verifier == voter.Verifier && seat >= progress.FirstSeat, new NotYourSeat(job, seat, record.Verifier));
        Require(record.State == expected, new AlreadyActed(job, seat, record.State));
        return progress;
    }

    public void Commit(in Voter voter, in Commitment commitment, in AttestationsParameters rules)
    {
        JobProgress progress = Seat(
            voter, commitment.Job, commitment.Seat, JobState.Committing, SeatState.Drawn, out SeatRecord seat);
        jobs.Save(commitment.Job, commitment.Seat, seat with { State = SeatState.Committed, Word = commitment.Digest });
        Act(commitment.Job, progress with { Acted = (ushort)(progress.Acted + 1) }, voter.Now, rules);
        logs.Emit(new VerdictCommitted(commitment.Job, commitment.Seat));
    }

    public void Abstain(in Voter voter, ulong job, ushort number, in AttestationsParameters rules)
    {
        JobProgress progress = Seat(voter, job, number, JobState.Committing, SeatState.Drawn, out SeatRecord seat);
        jobs.Save(job, number, seat with { State = SeatState.Abstained });
        progress = progress with { Acted = (ushort)(progress.Acted + 1), Idle = (ushort)(progress.Idle + 1) };
        Act(job, progress, voter.Now, rules);
        logs.Emit(new VerdictAbstained(job, number));
    }

    public void Reveal(in Voter voter, Revelation shown, in Hash256 digest)
    {
        JobProgress progress = Seat(
            voter, shown.Job, shown.Seat, JobState.Revealing, SeatState.Committed, out SeatRecord seat);
        byte numbers = TermsOf(jobs.Get(shown.Job).Kind).Numbers;
        Require(shown.Verdict != Verdict.None, new NoVerdict(shown.Job, shown.Seat));
        Require(shown.Numbers.Length == numbers, new WrongNumbers(numbers, (uint)shown.Numbers.Length));
        Require(digest == seat.Word, new WrongReveal(shown.Job, shown.Seat));
        jobs.Save(shown.Job, shown.Seat, seat with
        {
            State = SeatState.Revealed,
            Verdict = shown.Verdict,
            Word = shown.Answer,
            Numbers = shown.Numbers,
        });
        progress = progress with { Acted = (ushort)(progress.Acted + 1) };
        if (progress.Acted == progress.Seats) jobs.Begin(shown.Job, progress, voter.Now + 1);
        else jobs.Save(shown.Job, progress);
        logs.Emit(new VerdictRevealed(shown.Job, shown.Seat, shown.Verdict, shown.Answer, shown.Numbers));
    }

    // A phase ends when all have acted.
    private void Act(ulong job, in JobProgress progress, ulong now, in AttestationsParameters rules)
    {
        if (progress.Acted == progress.Seats) OpenReveals(job, progress, now, now + 1 + rules.RevealBlocks);
        else jobs.Save(job, progress);
    }

    private void OpenReveals(ulong job, in JobProgress progress, ulong now, ulong until)
    {
        int committed = progress.Acted - progress.Idle;
        ushort idle = (ushort)(progress.Seats - committed);
        if (committed == 0) until = now + 1;
        jobs.Begin(job, progress with { State = JobState.Revealing, Acted = idle, Idle = idle, Until = until }, until);
        logs.Emit(new RevealsOpened(job, progress.Round, (ushort)committed, until));
    }

    private void Draw(ulong job, in JobProgress progress, BlockContext block, in AttestationsParameters rules)
    {
        JobRecord record = jobs.Get(job);
        JobTerms terms = TermsOf(record.Kind);
        byte[] key = new byte[sizeof(ulong) + 1];
        BinaryPrimitives.WriteUInt64BigEndian(key, job);
        key[^1] = progress.Round;
        Hash256 seed = block.Randomness.At(progress.Until, AttestationsPolicy.CommitteeDomain, key);
        IReadOnlyList<uint> slots = CommitteeDraw.Draw(
            seed, AttestationsPolicy.CommitteeOf(terms, progress.Round), verifiers.TotalOf(terms.Role),
            verifiers.StretchOf(terms.Role, record.Excluded), point => verifiers.Find(terms.Role, point));
        JobProgress drawn = progress with
        {
            FirstSeat = (ushort)(progress.FirstSeat + progress.Seats),
            Seats = (ushort)slots.Count,
            Acted = 0,
            Idle = 0,
        };
        if (slots.Count == 0)
        {
            TryAgain(job, drawn, block, rules);
            return;
        }

        Address[] members = new Address[slots.Count];
        for (int at = 0; at < members.Length; at++)
        {
            members[at] = verifiers.OwnerAt(slots[at]);
            SeatRecord seat = new(members[at], block.Number, SeatState.Drawn, Verdict.None, Hash256.Zero, []);
            jobs.Save(job, (uint)(drawn.FirstSeat + at), seat);
        }

        ulong until = block.Number + rules.CommitBlocks;
        jobs.Begin(job, drawn with { State = JobState.Committing, Until = until }, until);
        logs.Emit(new CommitteeDrawn(job, record.Kind, progress.Round, drawn.FirstSeat, members, until));
    }

    private void Count(ulong job, in JobProgress progress, BlockContext block, in AttestationsParameters rules)
    {
        JobTerms terms = TermsOf(jobs.Get(job).Kind);
        List<SeatRecord> seats = [];
        for (uint number = progress.FirstSeat; number < progress.FirstSeat + progress.Seats; number++)
        {
            SeatRecord seat = jobs.SeatOf(job, number);
            seats.Add(seat);
            bool isDone = seat.State is SeatState.Revealed or SeatState.Abstained;
            if (!isDone) logs.Emit(new DutyMissed(seat.Verifier, job, (ushort)number));
            ulong jailedUntil = verifiers.CountDuty(seat.Verifier, isDone, block.Number, rules);
            if (jailedUntil != 0) logs.Emit(new VerifierJailed(seat.Verifier, jailedUntil));
        }

        TallyResult result = Tally.Of(terms, seats);
        if (result == TallyResult.None) TryAgain(job, progress, block, rules);
        else if (result.Decision == JobDecision.Accepted) Accept(job, progress, terms, block, rules);
        else settlement.Close(job, terms, result, block, rules);
    }

    private void Accept(ulong job, in JobProgress progress, JobTerms terms, BlockContext block, in AttestationsParameters rules)
    {
        ulong until = block.Number + rules.DisputeBlocks;
        jobs.Begin(job, progress with { State = JobState.Accepted, Until = until }, until);
        if (terms.AuditLanes > 0) audits.Plan(job, block.Number + 1);
        JobRecord record = jobs.Get(job);
        logs.Emit(new JobAccepted(job, record.Subject, until));
        kinds.Find(record.Kind)?.Decided(
            new JobOutcome(job, record.Kind, record.Subject, JobDecision.Accepted, Verdict.Valid, Hash256.Zero, [], Address.Zero), block);
    }

    private void TryAgain(ulong job, in JobProgress progress, BlockContext block, in AttestationsParameters rules)
    {
        if (progress.Round < AttestationsPolicy.RedrawsMax)
            AwaitSeed(job, progress with { Round = (byte)(progress.Round + 1) }, block.Number, rules);
        else
            settlement.GiveUp(job, JobDecision.Undetermined, block);
    }

    private ulong JoinCustody()
    {
        ulong epoch = staking.Epoch;
        if (!jobs.HasCustodians(epoch))
        {
            Address[] seats = [.. staking.Seats().Take(AttestationsPolicy.CustodiansMax).Select(static seat => seat.Validator)];
            jobs.SetCustodians(epoch, new CustodianList(seats));
        }

        jobs.UseCustodians(epoch);
        return epoch;
    }
}

/// <summary>Who votes now.</summary>
/// <param name="Verifier">The verifier whose worker called.</param>
/// <param name="Now">This block.</param>
internal readonly record struct Voter(Address Verifier, ulong Now);
