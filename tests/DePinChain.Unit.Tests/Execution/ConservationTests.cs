using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>Whatever is sent, what all accounts hold is genesis plus minted less burned, and every fee can be recomputed from the
/// receipts.</summary>
public sealed class ConservationTests
{
    private static readonly Address[] Accounts =
    [
        .. Enumerable.Range(1, 9).Select(i => Keys.Number(i).Address),
        Address.FromLow(0xbeef), ProbeModule.First, ProbeModule.Second, Multicall3Address,
        WellKnownAddresses.FeePot, WellKnownAddresses.System,
    ];

    private static Address Multicall3Address => Address.Parse("0xcA11bde05977b3631167028862bE2a173976CA11");

    [Test]
    public void Random_transactions_conserve_the_supply()
    {
        var property = Prop.ForAll<(byte From, byte To, byte Kind, ushort Amount, uint Tip)[]>(steps =>
        {
            using var chain = TestChain.Start((probe, block) => probe.Scope.Issuer.Mint(probe.Address, Amount.FromWei(block.Number)));
            UInt256 burnedByFees = UInt256.Zero;
            UInt256 minted = UInt256.Zero;
            UInt256 burned = UInt256.Zero;
            UInt256 tips = UInt256.Zero;
            foreach ((byte From, byte To, byte Kind, ushort Amount, uint Tip)[] batch in (steps ?? []).Chunk(5))
            {
                ExecutedBlock block = chain.Produce(Transactions(chain, batch));
                BlockHeader header = block.Block.Header;
                minted += header.Number;
                burnedByFees += header.BaseFeePerGas * header.GasUsed;
                foreach ((Receipt receipt, Transaction transaction) in block.Receipts.Zip(block.Block.Transactions))
                {
                    tips += (receipt.EffectiveGasPrice - UInt256.Min(header.BaseFeePerGas, receipt.EffectiveGasPrice)) * receipt.GasUsed;
                    if (receipt.Succeeded && IsCall(transaction, Probe.Mint)) minted += Argument(transaction, 1);
                    if (receipt.Succeeded && IsCall(transaction, Probe.Burn)) burned += Argument(transaction, 0);
                }
            }
            UInt256 held = Accounts.Aggregate(UInt256.Zero, (sum, account) => sum + chain.BalanceOf(account));
            CallResult supply = chain.Try(ProbeModule.First, ProbeModule.Calls(Probe.Supply));
            return held == Amount.FromDpn(9_000).ToUInt256() + minted - burned - burnedByFees
                && chain.BalanceOf(WellKnownAddresses.FeePot) == tips
                && UInt256.FromBigEndian(supply.ReturnData.Span) == held;
        });
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    private static List<SignedTransaction> Transactions(TestChain chain, (byte From, byte To, byte Kind, ushort Amount, uint Tip)[] batch)
    {
        var nonces = new SortedDictionary<Address, ulong>();
        var list = new List<SignedTransaction>();
        foreach ((byte from, byte to, byte kind, ushort amount, uint tip) in batch)
        {
            PrivateKey key = Keys.Number(1 + from % 9);
            ulong nonce = nonces.TryGetValue(key.Address, out ulong next) ? next : chain.NonceOf(key.Address);
            nonces[key.Address] = nonce + 1;
            Address target = Accounts[to % (Accounts.Length - 2)]; // the pot and System take fees and nothing else
            (Address receiver, byte[] data, UInt256 value) = (kind % 8) switch
            {
                0 => (target, Array.Empty<byte>(), (UInt256)amount),
                1 => (ProbeModule.First, ProbeModule.Calls(Probe.Deposit), amount),
                2 => (ProbeModule.First, ProbeModule.Calls(Probe.Pay, UInt256.FromBigEndian(target.ToArray()), amount), UInt256.Zero),
                3 => (ProbeModule.First, ProbeModule.Calls(Probe.Mint, UInt256.FromBigEndian(target.ToArray()), amount), UInt256.Zero),
                4 => (ProbeModule.First, ProbeModule.Calls(Probe.Burn, amount), UInt256.Zero),
                5 => (ProbeModule.First, ProbeModule.Calls(Probe.Throw, (UInt256)(ulong)(amount % 5)), UInt256.Zero),
                6 => (ProbeModule.First, ProbeModule.Calls(Probe.Charge, 10_000_000), UInt256.Zero), // runs out of gas
                _ => (key.Address, Array.Empty<byte>(), (UInt256)amount), // to itself
            };
            list.Add(TestChain.Sign(key, nonce, receiver, f => f with
            {
                Data = data,
                Value = value,
                GasLimit = 200_000,
                MaxPriorityFeePerGas = tip,
            }));
        }
        return list;
    }

    private static bool IsCall(Transaction transaction, Probe function) =>
        transaction.To == ProbeModule.First && Calldata.SelectorOf(transaction.Data.Span) == (uint)function;

    private static UInt256 Argument(Transaction transaction, int index) =>
        UInt256.FromBigEndian(transaction.Data.Span.Slice(4 + 32 * index, 32));
}
