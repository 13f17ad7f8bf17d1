using DePinChain.Blocks;
using DePinChain.Mempool;
using DePinChain.Primitives;
using static DePinChain.Unit.Tests.Mempool.PoolScenario;

namespace DePinChain.Unit.Tests.Mempool;

/// <summary>Each rule is hit alone: the same transaction with the one thing mended is taken.</summary>
public sealed class AdmissionRuleTests
{
    private static UInt256 Plenty => Amount.FromDpn(1_000).ToUInt256();

    private static PoolScenario Rich => new PoolScenario().WithRich(1, 2);

    private static void Refused(Admission admission, Rejection rule, string message)
    {
        Assert.That(admission.IsAccepted, Is.False);
        Assert.That(admission.Rejection!.Code, Is.EqualTo(rule.Code));
        Assert.That(admission.Rejection.Message, Does.StartWith(message));
    }

    [Test]
    public void A_funded_transfer_is_taken_and_can_be_found()
    {
        PoolScenario scenario = Rich;
        Admission admission = scenario.Send(1, 0);
        Assert.That(admission.IsAccepted, Is.True, admission.Rejection?.Message);
        Assert.That(admission.Signed!.Sender, Is.EqualTo(AddressOf(1)));
        Assert.That(scenario.Pool.Find(admission.Signed.Transaction.Hash), Is.SameAs(admission.Signed));
        Assert.That(scenario.Pool.Contains(admission.Signed.Transaction.Hash), Is.True);
        Assert.That(scenario.Pool.Bytes, Is.EqualTo(admission.Signed.Transaction.Size));
    }

    [Test]
    public void The_same_transaction_twice_is_already_known()
    {
        PoolScenario scenario = Rich;
        scenario.Send(1, 0);
        Refused(scenario.Send(1, 0), Rejections.AlreadyKnown, "already known");
    }

    [Test]
    public void Another_chains_transaction_is_refused() =>
        Refused(
            Rich.Pool.Add(Sign(1, Fields(0) with { ChainId = 1 }), local: true),
            Rejections.WrongChainId,
            "invalid chain id for signer: have 1 want 1337");

    [Test]
    public void The_chains_own_transaction_cannot_be_sent_by_anyone() =>
        Refused(
            Rich.Pool.Add(SystemTransaction.Create(ChainId, 1, Hash256.Zero), local: true),
            Rejections.TransactionUnsigned,
            "invalid transaction v, r, s values");

    [Test]
    public void A_tip_above_the_cap_is_refused()
    {
        Refused(
            Rich.Send(1, 0, maxFee: Gwei, tip: Gwei + 1),
            Rejections.TipAboveFeeCap,
            "max priority fee per gas higher than max fee per gas");
        Assert.That(Rich.Send(1, 0, maxFee: Gwei, tip: Gwei).IsAccepted, Is.True);
    }

    [Test]
    public void More_gas_than_one_transaction_may_have_is_refused()
    {
        // EIP-7825: 2^24.
        Refused(
            Rich.Pool.Add(Sign(1, Fields(0) with { GasLimit = 16_777_217 }), local: true),
            Rejections.GasLimitTooHigh,
            "transaction gas limit too high");
        Assert.That(Rich.Pool.Add(Sign(1, Fields(0) with { GasLimit = 16_777_216 }), local: true).IsAccepted, Is.True);
    }

    [Test]
    public void More_gas_than_a_block_has_is_refused()
    {
        PoolScenario scenario = Rich;
        scenario.CommitEmpty(gasLimit: 5_000_000);
        Refused(
            scenario.Pool.Add(Sign(1, Fields(0) with { GasLimit = 5_000_001 }), local: true),
            Rejections.ExceedsBlockGasLimit,
            "exceeds block gas limit");
        Assert.That(scenario.Pool.Add(Sign(1, Fields(0) with { GasLimit = 5_000_000 }), local: true).IsAccepted, Is.True);
    }

    [Test]
    public void Too_little_gas_for_its_own_bytes_is_refused()
    {
        Refused(
            Rich.Pool.Add(Sign(1, Fields(0) with { GasLimit = 20_999 }), local: true),
            Rejections.IntrinsicGasTooLow,
            "intrinsic gas too low: gas 20999, minimum needed 21000");

        // Ten non-zero bytes: 21,000 + 160 intrinsic, but the floor of EIP-7623 asks 21,000 + 10 × 40.
        UnsignedTransaction call = Fields(0) with { Data = Enumerable.Repeat((byte)1, 10).ToArray(), GasLimit = 21_399 };
        Refused(
            Rich.Pool.Add(Sign(1, call), local: true),
            Rejections.FloorDataGasTooLow,
            "insufficient gas for floor data gas cost: gas 21399, minimum needed 21400");
        Assert.That(Rich.Pool.Add(Sign(1, call with { GasLimit = 21_400 }), local: true).IsAccepted, Is.True);
    }

    [Test]
    public void A_cap_below_the_floor_is_underpriced()
    {
        Refused(
            Rich.Send(1, 0, maxFee: Gwei - 1, tip: 0),
            Rejections.Underpriced,
            "transaction underpriced: max fee per gas 999999999, minimum needed 1000000000");
        Assert.That(Rich.Send(1, 0, maxFee: Gwei, tip: 0).IsAccepted, Is.True);
    }

    [Test]
    public void The_last_nonce_is_refused()
    {
        PoolScenario scenario = new PoolScenario().With(1, Amount.FromDpn(1).ToUInt256(), nonce: ulong.MaxValue - 1);
        Refused(scenario.Send(1, ulong.MaxValue), Rejections.NonceMax, "nonce has max value");
        Assert.That(scenario.Send(1, ulong.MaxValue - 1).IsAccepted, Is.True);
    }

    [Test]
    public void An_account_with_code_sends_nothing() =>
        Refused(
            new PoolScenario().With(1, Amount.One.ToUInt256(), hasCode: true).Send(1, 0),
            Rejections.SenderHasCode,
            "sender not an eoa");

    [Test]
    public void A_used_nonce_is_too_low()
    {
        PoolScenario scenario = new PoolScenario().With(1, Amount.One.ToUInt256(), nonce: 5);
        Refused(scenario.Send(1, 4), Rejections.NonceTooLow, "nonce too low: next nonce 5, tx nonce 4");
        Assert.That(scenario.Send(1, 5).IsAccepted, Is.True);
    }

    [Test]
    public void A_nonce_beyond_the_window_is_too_high()
    {
        // 16 executable and 64 queued: the last nonce with a place is 79.
        Refused(Rich.Send(1, 80), Rejections.NonceGapTooLarge, "nonce too high: next nonce 0, tx nonce 80");
        Assert.That(Rich.Send(1, 79).IsAccepted, Is.True);
    }

    [Test]
    public void On_a_development_chain_a_far_nonce_hints_at_the_restart()
    {
        PoolScenario scenario = new PoolScenario(isDevelopment: true).WithRich(1);
        Assert.That(scenario.Send(1, 80).Rejection!.Hint, Does.Contain("restarted").And.Contain("activity"));
        Assert.That(Rich.Send(1, 80).Rejection!.Hint, Does.Not.Contain("restarted"));
    }

    [Test]
    public void On_a_development_chain_an_account_in_use_may_run_far_ahead()
    {
        PoolScenario scenario = new PoolScenario(PoolOptions.Development, isDevelopment: true).WithRich(1, 2).With(3, Plenty, nonce: 1);
        Assert.That(scenario.Send(1, 500).Rejection!.Name, Is.EqualTo(nameof(Rejections.NonceGapTooLarge)), "nothing done here yet");
        Assert.That(scenario.Send(2, 0).IsAccepted, Is.True);
        Assert.That(scenario.Send(2, 500).IsAccepted, Is.True);
        Assert.That(scenario.Send(3, 500).IsAccepted, Is.True);
    }

    [Test]
    public void A_replacement_raises_both_fees_by_a_tenth()
    {
        PoolScenario scenario = Rich;
        scenario.Send(1, 0, maxFee: 2_000_000_000, tip: 1_000_000_000);
        const string Message = "replacement transaction underpriced";
        Refused(scenario.Send(1, 0, maxFee: 2_199_999_999, tip: 1_100_000_000), Rejections.ReplacementUnderpriced, Message);
        Refused(scenario.Send(1, 0, maxFee: 2_200_000_000, tip: 1_099_999_999), Rejections.ReplacementUnderpriced, Message);
        Admission replaced = scenario.Send(1, 0, maxFee: 2_200_000_000, tip: 1_100_000_000);
        Assert.That(replaced.IsAccepted, Is.True);
        Assert.That(scenario.Pool.Count, Is.EqualTo(1));
        Assert.That(scenario.Pool.Bytes, Is.EqualTo(replaced.Signed!.Transaction.Size));
    }

    [Test]
    public void The_balance_covers_the_sum_of_all_an_account_has_in_the_pool()
    {
        // Two transfers of 21,000 × 2 gwei cost 84,000 gwei: one wei less covers one of them only.
        UInt256 two = Cost() + Cost();
        PoolScenario scenario = new PoolScenario().With(1, two - 1);
        Assert.That(scenario.Send(1, 0).IsAccepted, Is.True);
        Refused(
            scenario.Send(1, 1),
            Rejections.InsufficientFunds,
            "insufficient funds for gas * price + value: balance 83999999999999, queued cost 42000000000000, "
            + "tx cost 42000000000000, overshot 1");
        Assert.That(new PoolScenario().With(1, two).Send(1, 0).IsAccepted, Is.True);
    }

    [Test]
    public void A_replacement_is_not_paid_twice()
    {
        PoolScenario scenario = new PoolScenario().With(1, Cost(maxFee: 3 * Gwei));
        scenario.Send(1, 0);
        Assert.That(scenario.Send(1, 0, maxFee: 3 * Gwei, tip: 2 * Gwei).IsAccepted, Is.True);
    }

    [Test]
    public void Fees_beyond_256_bits_are_insufficient_funds_not_a_crash()
    {
        UnsignedTransaction absurd = Fields(0) with { MaxFeePerGas = UInt256.MaxValue, Value = UInt256.MaxValue };
        Refused(Rich.Pool.Add(Sign(1, absurd), local: true), Rejections.InsufficientFunds, "insufficient funds for gas * price + value");
    }

    [Test]
    public void An_account_has_sixteen_executable_places_and_sixty_four_queued_ones()
    {
        PoolScenario scenario = Rich;
        for (ulong nonce = 0; nonce < 16; nonce++) scenario.Send(1, nonce);
        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(16));
        for (ulong nonce = 16; nonce < 80; nonce++) Assert.That(scenario.Send(1, nonce).IsAccepted, Is.True);
        Assert.That(scenario.Pool.Count, Is.EqualTo(80));
        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(16));

        // Nonces 1 to 64 behind a gap fill the queued places of another account; what fills the gap is still welcome.
        for (ulong nonce = 1; nonce <= 64; nonce++) scenario.Send(2, nonce);
        Refused(scenario.Send(2, 65), Rejections.AccountLimitExceeded, "account limit exceeded: pooled 64 txs");
        Assert.That(scenario.Send(2, 0).IsAccepted, Is.True);
        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(32));
    }

    [Test]
    public void A_peer_gets_the_fixed_text_and_a_caller_the_figures()
    {
        PoolScenario scenario = new PoolScenario().With(1, Amount.One.ToUInt256(), nonce: 5);
        Assert.That(scenario.Pool.Add(Transfer(1, 4), local: false).Rejection, Is.SameAs(Rejections.NonceTooLow));
        Assert.That(scenario.Pool.Add(Transfer(1, 4), local: true).Rejection!.Message, Does.Contain("tx nonce 4"));
    }
}
