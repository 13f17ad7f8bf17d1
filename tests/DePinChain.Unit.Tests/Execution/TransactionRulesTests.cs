using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.State;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

public sealed class TransactionRulesTests
{
    private static readonly Address Receiver = Address.FromLow(0xbeef);

    private static IEnumerable<string> PublicSuite => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Vectors", "ethereum", "ttEIP1559"))
        .Select(p => Path.GetFileName(p))
        .Order();

    /// <summary>ethereum/tests judges form, intrinsic gas and whether anybody could pay; the last is our funds rule for the richest
    /// account.</summary>
    [TestCaseSource(nameof(PublicSuite))]
    public void The_public_suite_for_type_2_is_agreed_with(string file)
    {
        JsonElement test = KnownAnswers.Read("ethereum/ttEIP1559/" + file).EnumerateObject().First().Value;
        JsonElement result = test.GetProperty("result").GetProperty("Cancun");
        byte[] raw = Hex.Decode(test.GetProperty("txbytes").GetString()!);

        bool decoded = TransactionCodec.TryDecode(raw, out Transaction? transaction, out Rejection? rejection);
        rejection ??= TransactionRules.CheckForm(transaction!, transaction!.ChainId!.Value)
            ?? TransactionRules.CheckFunds(transaction, UInt256.MaxValue);
        bool expected = !result.TryGetProperty("exception", out JsonElement exception);

        // EIP-7825 came after these vectors: their gas limits of 2^252 and the like do not reach us as 64-bit numbers or exceed its cap.
        if (expected && transaction is { GasLimit: > GasSchedule.TransactionGasMax })
        {
            Assert.That(rejection?.Name, Is.EqualTo(nameof(Rejections.GasLimitTooHigh)));
            return;
        }
        Assert.That(rejection is null, Is.EqualTo(expected), $"{rejection?.Message}; the suite says {exception}");
        if (!expected) return;
        Assert.That(decoded, Is.True);
        Assert.That(transaction!.Hash.ToString(), Is.EqualTo(result.GetProperty("hash").GetString()));
        Assert.That(SenderRecovery.TryRecover(transaction, out Address sender), Is.True);
        Assert.That(sender, Is.EqualTo(Address.Parse(result.GetProperty("sender").GetString()!)));
        Assert.That(Hex.Quantity(IntrinsicGas.Of(transaction)), Is.EqualTo(result.GetProperty("intrinsicGas").GetString()));
    }

    [Test]
    public void Another_chains_transaction_is_refused() =>
        Refused(Form(f => f with { ChainId = 1 }), Rejections.WrongChainId, "invalid chain id for signer: have 1 want 1337000");

    [Test]
    public void Gas_beyond_2_to_the_24_is_refused()
    {
        Assert.That(Form(f => f with { GasLimit = 1 << 24 }), Is.Null);
        Refused(Form(f => f with { GasLimit = (1 << 24) + 1 }), Rejections.GasLimitTooHigh,
            "transaction gas limit too high (cap: 16777216, tx: 16777217)");
    }

    [Test]
    public void A_tip_above_the_cap_is_refused()
    {
        Assert.That(Form(f => f with { MaxFeePerGas = 5, MaxPriorityFeePerGas = 5 }), Is.Null);
        Refused(Form(f => f with { MaxFeePerGas = 5, MaxPriorityFeePerGas = 6 }), Rejections.TipAboveFeeCap,
            "max priority fee per gas higher than max fee per gas");
    }

    [Test]
    public void The_last_nonce_is_never_used() =>
        Refused(Form(f => f with { Nonce = ulong.MaxValue }), Rejections.NonceMax, "nonce has max value");

    [Test]
    public void Gas_below_the_intrinsic_is_refused()
    {
        Assert.That(Form(f => f with { GasLimit = 21_000 }), Is.Null);
        Refused(Form(f => f with { GasLimit = 20_999 }), Rejections.IntrinsicGasTooLow,
            "intrinsic gas too low: gas 20999, minimum needed 21000");
    }

    [Test]
    public void Gas_below_the_calldata_floor_is_refused()
    {
        // 100 non-zero bytes: intrinsic 21,000 + 1,600, floor 21,000 + 10 · 400 = 25,000 (EIP-7623).
        byte[] data = [.. Enumerable.Repeat((byte)1, 100)];
        Assert.That(Form(f => f with { Data = data, GasLimit = 25_000 }), Is.Null);
        Refused(Form(f => f with { Data = data, GasLimit = 24_999 }), Rejections.FloorDataGasTooLow,
            "insufficient gas for floor data gas cost: gas 24999, minimum needed 25000");
    }

    [Test]
    public void The_system_transaction_is_nobodys() =>
        Refused(TransactionRules.CheckForm(SystemTransaction.Create(TestChain.ChainId, 1, Hash256.Zero), TestChain.ChainId),
            Rejections.TransactionUnsigned, "not signed");

    [Test]
    public void A_used_nonce_and_a_gap_are_told_apart()
    {
        Transaction transaction = TestChain.Sign(Keys.Number(1), 5, Receiver).Transaction;
        Assert.That(TransactionRules.CheckNonce(transaction, 5), Is.Null);
        Refused(TransactionRules.CheckNonce(transaction, 6), Rejections.NonceTooLow, "nonce too low: next nonce 6, tx nonce 5");
        Refused(TransactionRules.CheckNonce(transaction, 4), Rejections.NonceTooHigh, "nonce too high: next nonce 4, tx nonce 5");
        Assert.That(TransactionRules.CheckNonceUnused(transaction, 4), Is.Null, "the pool lets it wait");
        Refused(TransactionRules.CheckNonceUnused(transaction, 6), Rejections.NonceTooLow, "nonce too low");
    }

    [Test]
    public void Funds_cover_gas_at_the_cap_and_the_value()
    {
        // 21,000 · 10 gwei + 7 = 210,000,000,000,007 wei.
        Transaction transaction = TestChain.Sign(Keys.Number(1), 0, Receiver, f => f with { Value = 7 }).Transaction;
        Assert.That(TransactionRules.CheckFunds(transaction, 210_000_000_000_007), Is.Null);
        Refused(TransactionRules.CheckFunds(transaction, 210_000_000_000_006), Rejections.InsufficientFunds,
            "insufficient funds for gas * price + value: balance 210000000000006, tx cost 210000000000007, overshot 1");
    }

    [Test]
    public void A_cost_beyond_256_bits_is_insufficient_funds()
    {
        Transaction price = TestChain.Sign(Keys.Number(1), 0, Receiver, f => f with { MaxFeePerGas = UInt256.MaxValue }).Transaction;
        Refused(TransactionRules.CheckFunds(price, UInt256.MaxValue), Rejections.InsufficientFunds, "tx cost 2^256 or more");
        Transaction value = TestChain.Sign(Keys.Number(1), 0, Receiver, f => f with { Value = UInt256.MaxValue }).Transaction;
        Refused(TransactionRules.CheckFunds(value, UInt256.MaxValue), Rejections.InsufficientFunds, "tx cost 2^256 or more");
    }

    [Test]
    public void The_fee_cap_reaches_the_base_fee()
    {
        Transaction transaction = TestChain.Sign(Keys.Number(1), 0, Receiver).Transaction;
        Assert.That(TransactionRules.CheckFeeCap(transaction, 10 * TestChain.Gwei), Is.Null);
        Refused(TransactionRules.CheckFeeCap(transaction, 10 * TestChain.Gwei + 1), Rejections.FeeCapTooLow,
            "max fee per gas less than block base fee: maxFeePerGas: 10000000000, baseFee: 10000000001");
    }

    [Test]
    public void A_module_account_sends_nothing()
    {
        Account module = Account.Unused with { Nonce = 1, CodeHash = ModuleCode.Hash };
        Refused(TransactionRules.CheckSender(Receiver, module), Rejections.SenderHasCode, "sender not an eoa: address 0x");
        Assert.That(TransactionRules.CheckSender(Receiver, null), Is.Null);
        Assert.That(TransactionRules.CheckSender(Receiver, Account.Unused), Is.Null);
    }

    [Test]
    public void A_block_could_hold_the_gas()
    {
        Transaction transaction = TestChain.Sign(Keys.Number(1), 0, Receiver).Transaction;
        Assert.That(TransactionRules.CheckBlockGasLimit(transaction, 21_000), Is.Null);
        Refused(TransactionRules.CheckBlockGasLimit(transaction, 20_999), Rejections.ExceedsBlockGasLimit, "exceeds block gas limit");
    }

    // By hand: 21,000 + 4 a zero byte + 16 another + 2,400 an address + 1,900 a key; floor 21,000 + 10 and 40 a byte (EIP-2028, 2930,
    // 7623).
    [TestCase("", 0, 0, 21_000UL, 21_000UL)]
    [TestCase("00", 0, 0, 21_004UL, 21_010UL)]
    [TestCase("01", 0, 0, 21_016UL, 21_040UL)]
    [TestCase("00010001", 1, 0, 23_440UL, 21_100UL)]
    [TestCase("", 2, 3, 37_200UL, 21_000UL)]
    public void Intrinsic_and_floor_gas(string data, int addresses, int keysEach, ulong intrinsic, ulong floor)
    {
        List<AccessListEntry> list = [.. Enumerable.Range(0, addresses).Select(i => new AccessListEntry(
            Address.FromLow((ulong)i), [.. Enumerable.Range(0, keysEach).Select(k => ((UInt256)(ulong)k).ToHash256())]))];
        byte[] bytes = Hex.Decode("0x" + data);
        Assert.That(IntrinsicGas.Of(bytes, list), Is.EqualTo(intrinsic));
        Assert.That(IntrinsicGas.Floor(bytes), Is.EqualTo(floor));
    }

    private static Rejection? Form(Func<UnsignedTransaction, UnsignedTransaction> change) =>
        TransactionRules.CheckForm(TestChain.Sign(Keys.Number(1), 0, Receiver, change).Transaction, TestChain.ChainId);

    private static void Refused(Rejection? found, Rejection rule, string wording)
    {
        Assert.That(found?.Name, Is.EqualTo(rule.Name), found?.Message);
        Assert.That(found!.Message, Does.Contain(wording));
    }
}
