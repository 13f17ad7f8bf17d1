using System.Globalization;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Homes;

/// <summary>
/// A localnet's own worker: the public keys of its verifiers, coins of the faucet, and a bond for each further validator.
/// </summary>
internal static class LocalnetWorker
{
    // The keys of a localnet's workers and operators are public, as all of its keys.
    private const string Words = "test test test test test test test test test test test junk";
    private const int OperatorLevel = 1;
    private const int WorkerLevel = 6;
    private const ulong WorkerBlocks = 2_628_000;

    // Storage, compute, inference and custody.
    private const ulong Roles = 27;

    private static readonly Amount Enough = Amount.FromDpn(10);
    private static readonly Amount Gift = Amount.FromDpn(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the home, or writes its settings anew because ports may have changed; sees to it that every key can work.</summary>
    /// <param name="home">The home.</param>
    /// <param name="settings">With an entry for each key.</param>
    /// <param name="log">Where it says what it did.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task PrepareAsync(WorkerHome home, WorkerSettings settings, ProgramLog log, CancellationToken stopping)
    {
        byte[] seed = Mnemonic.ToSeed(Words);
        List<PrivateKey> keys = [.. settings.Keys.Select((_, index) => At(seed, WorkerLevel, index))];
        if (home.Exists)
        {
            IReadOnlyList<KeySettings> known = home.ReadSettings().Keys;
            home.Save(settings with { Keys = [.. known.Zip(settings.Keys, static (was, now) => was with { Node = now.Node })] });
        }
        else
        {
            home.Create(settings, keys);
        }

        using AttestationChain chain = await AttestationChain.OpenAsync(settings.Rpc, stopping);
        for (int index = 0; index < keys.Count; index++)
        {
            if (await BalanceAsync(chain, keys[index].Address, stopping) < Enough)
            {
                await chain.Node.CallAsync("dev_faucet", stopping, keys[index].Address.ToString(), Gift.ToUInt256().ToHex());
                log.Tell("asked the faucet", ("for", keys[index].Address));
            }

            using PrivateKey owner = At(seed, OperatorLevel, index);
            if (!(await chain.OwnerOfWorkerAsync(keys[index].Address, stopping)).IsZero)
            {
                await RejoinAsync(chain, owner, log, stopping);
                continue;
            }

            await BondAsync(chain, owner, keys[index].Address, stopping);
            log.Tell("bonded a verifier", ("owner", owner.Address), ("worker", keys[index].Address));
        }

        foreach (PrivateKey key in keys)
        {
            for (DateTime end = DateTime.UtcNow + Limit; await BalanceAsync(chain, key.Address, stopping) < Enough;)
            {
                if (DateTime.UtcNow > end)
                {
                    throw new ExitException(
                        ExitException.RefusedByChain, $"The faucet's coins did not come to {key.Address}; start it again.");
                }

                await Task.Delay(Poll, stopping);
            }

            key.Dispose();
        }
    }

    private static async Task BondAsync(AttestationChain chain, PrivateKey owner, Address worker, CancellationToken stopping)
    {
        GovernedParameters now = await GovernedParameters.LoadAsync(chain.Node, stopping);
        ulong until = await chain.HeadAsync(stopping) + WorkerBlocks - 1;
        TransactionSender sender = new(chain.Node, owner);
        TransactionPlan plan = chain.Committees.Plan(
            "registerVerifier", now.Amount("attestations", "bondMin"), worker, (UInt256)Roles, (UInt256)until);
        await sender.WaitAsync(await sender.SendAsync(await sender.PrepareAsync(plan, stopping), stopping), Limit, stopping);
    }

    // While no worker ran, its verifiers missed their duties: they are drawn again from now on.
    private static async Task RejoinAsync(AttestationChain chain, PrivateKey owner, ProgramLog log, CancellationToken stopping)
    {
        try
        {
            ulong until = (await chain.Committees.RecordAsync("getVerifier", stopping, owner.Address)).Count("jailedUntil");
            if (until == 0) return;
            if (until > await chain.HeadAsync(stopping))
            {
                log.Warn("a verifier may be drawn again only later; then: depin worker rejoin", ("owner", owner.Address), ("from", until));
                return;
            }

            TransactionSender sender = new(chain.Node, owner);
            TransactionPlan plan = chain.Committees.Plan("rejoin", Amount.Zero);
            await sender.WaitAsync(await sender.SendAsync(await sender.PrepareAsync(plan, stopping), stopping), Limit, stopping);
            log.Tell("a verifier is drawn again", ("owner", owner.Address));
        }
        catch (Exception trouble) when (trouble is NodeRefusedException or ReceiptTimeoutException)
        {
            // The worker serves the others, and this one once somebody lets it rejoin.
            log.Warn("a verifier could not rejoin", ("owner", owner.Address), ("why", trouble.Message));
        }
    }

    private static async Task<Amount> BalanceAsync(AttestationChain chain, Address account, CancellationToken cancellation) =>
        Amount.TryFrom(await chain.Node.QuantityAsync("eth_getBalance", cancellation, account.ToString(), "latest"), out Amount balance)
            ? balance
            : Amount.Zero;

    private static PrivateKey At(byte[] seed, int level, int index) =>
        HierarchicalKey.Derive(seed, string.Create(CultureInfo.InvariantCulture, $"m/44'/60'/{level}'/0/{index}"));
}
