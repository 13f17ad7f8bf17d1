using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.Mempool;

/// <summary>A pool over accounts that a test sets by hand.</summary>
internal sealed class PoolScenario
{
    public const ulong ChainId = 1337;
    public const ulong Gwei = 1_000_000_000;
    public const ulong TransferGas = 21_000;

    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 64).Select(KeyOf)];

    private readonly Accounts _accounts = new();

    public PoolScenario(PoolOptions? options = null, ulong baseFee = Gwei, bool isDevelopment = false)
    {
        Head = new PoolHead(1, baseFee, 60_000_000, _accounts);
        Pool = new TransactionPool(new AdmissionRules(ChainId, Gwei, isDevelopment, options ?? new PoolOptions()), Head);
    }

    public TransactionPool Pool { get; }

    public PoolHead Head { get; private set; }

    public static Address AddressOf(int account) => Keys[account].Address;

    public static Transaction Transfer(int account, ulong nonce, ulong maxFee = 2 * Gwei, ulong tip = Gwei, ulong value = 0) =>
        TransactionCodec.Sign(Fields(nonce) with { MaxFeePerGas = maxFee, MaxPriorityFeePerGas = tip, Value = value }, Keys[account]);

    public static Transaction Sign(int account, UnsignedTransaction fields) => TransactionCodec.Sign(fields, Keys[account]);

    public static UnsignedTransaction Fields(ulong nonce) => new()
    {
        ChainId = ChainId,
        Nonce = nonce,
        MaxFeePerGas = 2 * Gwei,
        MaxPriorityFeePerGas = Gwei,
        GasLimit = TransferGas,
        To = AddressOf(0),
    };

    /// <summary>What a transfer can cost its sender at most.</summary>
    public static UInt256 Cost(ulong maxFee = 2 * Gwei, ulong value = 0) => ((UInt256)TransferGas * maxFee) + value;

    public PoolScenario With(int account, UInt256 balance, ulong nonce = 0, bool hasCode = false)
    {
        _accounts.Set(AddressOf(account), new Account(nonce, balance, MerkleTrie.EmptyRoot, hasCode ? Hash256.Zero : Keccak256.Empty));
        return this;
    }

    public PoolScenario WithRich(params int[] accounts)
    {
        foreach (int account in accounts) With(account, Amount.FromDpn(1_000).ToUInt256());
        return this;
    }

    public Admission Send(int account, ulong nonce, ulong maxFee = 2 * Gwei, ulong tip = Gwei, ulong value = 0) =>
        Pool.Add(Transfer(account, nonce, maxFee, tip, value), local: true);

    /// <summary>A block that took <paramref name="count"/> transactions of an account and left it this balance.</summary>
    public void Commit(int account, ulong count, UInt256? balance = null, ulong? baseFee = null)
    {
        Account before = _accounts.FindAccount(AddressOf(account)) ?? Account.Unused;
        With(account, balance ?? before.Balance, before.Nonce + count);
        CommitEmpty(baseFee, gasLimit: null, [AddressOf(account)]);
    }

    public void CommitEmpty(ulong? baseFee = null, ulong? gasLimit = null) => CommitEmpty(baseFee, gasLimit, []);

    public List<(Address Sender, ulong Nonce)> Best(UInt256? baseFee = null) =>
        [.. Pool.Best(baseFee ?? Head.NextBaseFee).Select(signed => (signed.Sender, signed.Transaction.Nonce))];

    private void CommitEmpty(ulong? baseFee, ulong? gasLimit, IReadOnlyList<Address> senders)
    {
        Head = Head with { Number = Head.Number + 1, NextBaseFee = baseFee ?? Head.NextBaseFee, GasLimit = gasLimit ?? Head.GasLimit };
        Pool.OnCommitted(Head, senders);
    }

    private static PrivateKey KeyOf(int number)
    {
        byte[] secret = new byte[PrivateKey.Size];
        secret[^1] = (byte)number;
        return PrivateKey.FromBytes(secret);
    }

    private sealed class Accounts : IStateReader
    {
        private readonly Dictionary<Address, Account> _all = [];

        public void Set(Address address, Account account) => _all[address] = account;

        public Account? FindAccount(Address address) => _all.TryGetValue(address, out Account account) ? account : null;

        public byte[]? FindRecord(Address account, in Hash256 location) => null;

        public byte[]? FindBlob(in Hash256 bodyHash) => null;
    }
}
