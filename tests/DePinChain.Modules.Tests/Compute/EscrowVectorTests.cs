using System.Text.Json;
using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Akash's own tests of escrow and take, as data.</summary>
public sealed class EscrowVectorTests
{
    private static readonly Hash256 Account = Keccak256.Hash("account"u8);
    private static readonly EscrowGenesis NoTake = new() { TakeNativeBps = 0 };

    [Test]
    public void Whole_blocks_are_paid_as_in_v0_38()
    {
        foreach (JsonElement test in Vectors("akash_escrow_settle_proportional_v0_38.json").GetProperty("stage1_cases").EnumerateArray())
        {
            // v0.38 draws granted funds before the balance; here the grant is the first deposit.
            UInt128 funds = Number(test, "funds_start");
            UInt128 balance = Number(test, "balance_start");
            UInt128[] rates = Numbers(test, "rates");
            UInt128 sum = rates.Aggregate(UInt128.Zero, static (a, b) => a + b);
            ulong blocks = (ulong)Number(test, "blocks");
            ulong whole = EscrowPolicy.WholeBlocks(funds + balance, sum, blocks);
            DepositEntry[] deposits = EscrowPolicy.Append([new DepositEntry(Guest, true, funds)], Tenant, false, balance);
            DepositEntry[] left = EscrowPolicy.Draw(deposits, sum * whole);
            UInt128 rest = left.Aggregate(UInt128.Zero, static (a, b) => a + b.Left);

            string name = test.GetProperty("name").GetString()!;
            Assert.That(rates.Select(rate => rate * whole), Is.EqualTo(Numbers(test, "payment_balances")), name);
            Assert.That(whole < blocks, Is.EqualTo(test.GetProperty("overdrawn").GetBoolean()), name);
            Assert.That(rest, Is.EqualTo(Number(test, "balance_end") + Number(test, "funds_end")), name);
            Assert.That(left.Any(static deposit => deposit.IsGrant), Is.False, name);
        }
    }

    [Test]
    public void The_rest_is_split_in_proportion_as_in_v0_38()
    {
        foreach (JsonElement test in Vectors("akash_escrow_settle_proportional_v0_38.json").GetProperty("stage2_cases").EnumerateArray())
        {
            UInt128[] shares = EscrowPolicy.Split(Number(test, "remaining_in"), Numbers(test, "rates"));
            string[] expected = [.. test.GetProperty("payment_balances").EnumerateArray().Select(static value => value.GetString()!)];
            Assert.That(shares.Select(static share => share.ToString()), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Whole_blocks_are_paid_as_in_v2()
    {
        foreach (JsonElement test in Vectors("akash_escrow_settle_full_blocks_v2.json").GetProperty("cases").EnumerateArray())
        {
            UInt128 balance = Number(test, "balance_start");
            UInt128[] rates = Numbers(test, "rates");
            UInt128 sum = rates.Aggregate(UInt128.Zero, static (a, b) => a + b);
            ulong whole = EscrowPolicy.WholeBlocks(balance, sum, (ulong)Number(test, "blocks"));
            Assert.That(rates.Select(rate => rate * whole), Is.EqualTo(Numbers(test, "payment_balances")));
            Assert.That(balance - (sum * whole), Is.EqualTo(Number(test, "funds_end")));
        }
    }

    [Test]
    public void The_same_inputs_end_in_the_ledger_as_in_v0_38()
    {
        // "some left": 90 base units, rates 10 and 10: dry at block 4 with 10 left, which are split 5 and 5.
        ComputeNetwork network = new(NoTake);
        network.Escrow.Open(Account, Tenant, 0, 90, Tenant, now: 0);
        Hash256[] payments = [Keccak256.Hash("p0"u8), Keccak256.Hash("p1"u8)];
        UInt128 before = network.CoinsOf(North);
        foreach (Hash256 payment in payments) network.Escrow.OpenPayment(Account, payment, North, 10, now: 0);
        network.RunTo(3);
        Assert.That(network.Escrow.GetAccount(network.Block, Account).Balance, Is.EqualTo((UInt128)30));
        network.RunTo(4);

        foreach (Hash256 payment in payments)
        {
            PaymentReport report = network.Escrow.GetPayment(network.Block, payment);
            Assert.That((report.State, report.Withdrawn), Is.EqualTo((PaymentState.Overdrawn, (UInt128)45)));
        }

        Assert.That(network.CoinsOf(North) - before, Is.EqualTo((UInt128)90));
        Assert.That(network.Escrow.GetAccount(network.Block, Account).State, Is.EqualTo(AccountState.Overdrawn));
        Assert.That(network.Escrow.TotalHeld(0), Is.EqualTo(UInt128.Zero));
    }

    [Test]
    public void The_keepers_flows_give_the_printed_amounts()
    {
        foreach (JsonElement flow in Vectors("akash_escrow_keeper_flows.json").GetProperty("flows").EnumerateArray())
        {
            ComputeNetwork network = new(NoTake);
            foreach (JsonElement step in flow.GetProperty("steps").EnumerateArray()) Run(network, step);
        }
    }

    [Test]
    public void The_take_is_the_printed_part_of_a_withdrawal()
    {
        JsonElement file = Vectors("akash_take_rate.json");
        foreach (JsonElement test in file.GetProperty("from_test").EnumerateArray().Concat(file.GetProperty("derived").EnumerateArray()))
        {
            (UInt128 fee, ushort carry) = EscrowPolicy.Take(Number(test, "amount"), (ushort)(100 * Number(test, "rate_pct")), carried: 0);
            Assert.That(fee, Is.EqualTo(Number(test, "fee")));
            Assert.That(Number(test, "amount") - fee, Is.EqualTo(Number(test, "net")));
            Assert.That(carry, Is.EqualTo(0));
        }
    }

    private static void Run(ComputeNetwork network, JsonElement step)
    {
        ulong height = step.TryGetProperty("height", out JsonElement at) ? at.GetUInt64() : 0;
        if (height > network.Height) network.JumpTo(height);
        Hash256 payment = Keccak256.Hash("payment"u8);
        UInt128 paid = network.CoinsOf(North);
        UInt128 owned = network.CoinsOf(Tenant);
        step.TryGetProperty("expect", out JsonElement expect);
        bool refused = expect.ValueKind == JsonValueKind.Object && expect.TryGetProperty("error", out _);
        switch (step.GetProperty("op").GetString())
        {
            case "accountCreate":
                network.Escrow.Open(Account, Tenant, 0, Number(step, "deposit"), Tenant, height);
                break;
            case "paymentCreate":
                network.Escrow.OpenPayment(Account, payment, North, Number(step, "rate"), height);
                break;
            case "paymentCreate (same id)":
                network.Refuses(
                    () => network.Escrow.OpenPayment(Account, payment, North, 10, height), new PaymentExists(payment));
                break;
            case "paymentWithdraw" when refused:
                network.Refuses(
                    () => network.Send(North, network.Escrow, EscrowCalls.Withdraw([payment])), new PaymentNotOpen(payment));
                break;
            case "paymentWithdraw":
                network.Send(North, network.Escrow, EscrowCalls.Withdraw([payment]));
                break;
            case "paymentClose":
                network.Escrow.ClosePayment(payment, height);
                break;
            case "accountClose":
                network.Escrow.Close(Account, height);
                break;
            case "read":
                break;
            case var other:
                Assert.Fail($"{other} is not known");
                break;
        }

        if (expect.ValueKind != JsonValueKind.Object) return;
        AccountReport account = network.Escrow.GetAccount(network.Block, Account);
        foreach (JsonProperty value in expect.EnumerateObject())
        {
            switch (value.Name)
            {
                case "settledAt": Assert.That(account.SettledAt, Is.EqualTo(value.Value.GetUInt64())); break;
                case "paidToProvider": Assert.That(network.CoinsOf(North) - paid, Is.EqualTo((UInt128)value.Value.GetUInt64())); break;
                case "refundToOwner": Assert.That(network.CoinsOf(Tenant) - owned, Is.EqualTo((UInt128)value.Value.GetUInt64())); break;
                case "account": Expect(account, value.Value); break;
                case "payment": Expect(network.Escrow.GetPayment(network.Block, payment), value.Value); break;
                case "error": break;
                default: Assert.Fail($"{value.Name} is not known"); break;
            }
        }
    }

    private static void Expect(AccountReport account, JsonElement expect)
    {
        if (expect.TryGetProperty("state", out JsonElement state))
            Assert.That(account.State.ToString(), Is.EqualTo(state.GetString()).IgnoreCase);
        if (expect.TryGetProperty("balance", out _)) Assert.That(account.Balance, Is.EqualTo(Number(expect, "balance")));
        if (expect.TryGetProperty("transferred", out _)) Assert.That(account.Transferred, Is.EqualTo(Number(expect, "transferred")));
        if (expect.TryGetProperty("settledAt", out JsonElement settled)) Assert.That(account.SettledAt, Is.EqualTo(settled.GetUInt64()));
    }

    private static void Expect(PaymentReport payment, JsonElement expect)
    {
        Assert.That(payment.State.ToString(), Is.EqualTo(expect.GetProperty("state").GetString()).IgnoreCase);
        Assert.That(payment.Withdrawn, Is.EqualTo(Number(expect, "withdrawn")));
        Assert.That(payment.Pending, Is.EqualTo(Number(expect, "balance")));
    }

    private static UInt128 Number(JsonElement element, string name) => element.GetProperty(name).GetUInt64();

    private static UInt128[] Numbers(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(static value => (UInt128)value.GetUInt64())];
}
