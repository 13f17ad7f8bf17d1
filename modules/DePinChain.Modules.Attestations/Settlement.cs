using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>Ends jobs: pays and slashes verifiers, tells the kind's module, and takes the records out.</summary>
internal sealed class Settlement(
    ModuleState state, Logs logs, IBank bank, ITreasury treasury, JobKinds kinds, VerifierRegistry verifiers, JobBook jobs)
{
    /// <summary>Ends a job that was decided; who judged as decided is paid, the rest of the fee is burned.</summary>
    public void Close(ulong job, JobTerms terms, TallyResult result, BlockContext block, in AttestationsParameters rules)
    {
        (JobRecord record, JobProgress progress) = (jobs.Get(job), jobs.ProgressOf(job));
        int seats = progress.FirstSeat + progress.Seats;
        Amount share = AttestationsPolicy.ShareOf(record.Fee, rules.CommitteeBps, seats);
        Amount paid = Amount.Zero;
        Amount slashed = Amount.Zero;
        for (uint number = 0; number < seats; number++)
        {
            SeatRecord seat = jobs.SeatOf(job, number);
            if (Tally.Agrees(terms, seat, result.Verdict, result.Answer))
                paid += verifiers.Credit(seat.Verifier, share);
            else if (result.Decision == JobDecision.Decided && terms.IsExact && IsAnswer(seat))
                slashed += Slash(job, seat, rules.MismatchSlashBps, SlashReason.Mismatch, block.Number);
        }

        treasury.Burn(state.Module, record.Fee - paid + slashed);
        End(job, record, progress, new JobOutcome(
            job, record.Kind, record.Subject, result.Decision, result.Verdict, result.Answer, result.Numbers, Address.Zero), block, paid);
    }

    /// <summary>Ends a job that nobody decided: the fee goes back.</summary>
    public void GiveUp(ulong job, JobDecision decision, BlockContext block)
    {
        JobRecord record = jobs.Get(job);
        bank.Transfer(state.Module, record.RefundTo, record.Fee);
        End(job, record, jobs.ProgressOf(job), new JobOutcome(
            job, record.Kind, record.Subject, decision, Verdict.None, Hash256.Zero, [], Address.Zero), block, Amount.Zero);
    }

    /// <summary>
    /// Ends a job whose blob was proven wrong: who called it valid is slashed, who called it invalid is paid out of what the disputer
    /// leaves of the fee, and what nobody gets is burned.
    /// </summary>
    /// <returns>What the disputer gets.</returns>
    public Amount Overturn(ulong job, Address disputer, BlockContext block, in AttestationsParameters rules)
    {
        (JobRecord record, JobProgress progress) = (jobs.Get(job), jobs.ProgressOf(job));
        int seats = progress.FirstSeat + progress.Seats;
        Amount ofFee = AttestationsPolicy.PartOf(record.Fee, rules.DisputerFeeBps);
        Amount share = AttestationsPolicy.ShareOf(record.Fee - ofFee, rules.CommitteeBps, seats);
        Amount paid = Amount.Zero;
        Amount slashed = Amount.Zero;
        for (uint number = 0; number < seats; number++)
        {
            SeatRecord seat = jobs.SeatOf(job, number);
            if (seat.State != SeatState.Revealed) continue;
            if (seat.Verdict == Verdict.Valid) slashed += Slash(job, seat, rules.FraudSlashBps, SlashReason.Fraud, block.Number);
            if (seat.Verdict == Verdict.Invalid) paid += verifiers.Credit(seat.Verifier, share);
        }

        Amount ofSlashed = AttestationsPolicy.PartOf(slashed, rules.DisputerSlashBps);
        treasury.Burn(state.Module, record.Fee - ofFee - paid + (slashed - ofSlashed));
        End(job, record, progress, new JobOutcome(
            job, record.Kind, record.Subject, JobDecision.Overturned, Verdict.Invalid, Hash256.Zero, [], disputer), block, paid);
        return ofFee + ofSlashed;
    }

    /// <summary>Takes a part of what answers for a duty; the coins stay with the module until the caller says where they go.</summary>
    public Amount Slash(ulong job, Address verifier, ulong dutyAt, uint bps, SlashReason reason, ulong now)
    {
        Amount cut = verifiers.Slash(verifier, bps, dutyAt, now);
        if (!cut.IsZero) logs.Emit(new VerifierSlashed(verifier, job, reason, cut));
        return cut;
    }

    private Amount Slash(ulong job, SeatRecord seat, uint bps, SlashReason reason, ulong now) =>
        Slash(job, seat.Verifier, seat.DrawnAt, bps, reason, now);

    // Whoever could not have the data gave no answer, so no wrong one.
    private static bool IsAnswer(SeatRecord seat) =>
        seat.State == SeatState.Revealed && seat.Verdict is Verdict.Valid or Verdict.Invalid;

    private void End(
        ulong job, JobRecord record, in JobProgress progress, JobOutcome outcome, BlockContext block, Amount paid)
    {
        jobs.Remove(job, record, (uint)(progress.FirstSeat + progress.Seats));
        if (record.CustodyEpoch != JobRounds.NoCustody) jobs.LeaveCustodians(record.CustodyEpoch);
        logs.Emit(new JobClosed(job, record.Subject, outcome.Decision, outcome.Verdict, outcome.Answer, outcome.Numbers, paid));
        kinds.Find(record.Kind)?.Decided(outcome, block);
    }
}
