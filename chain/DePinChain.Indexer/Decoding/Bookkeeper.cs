using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Indexer.Decoding;

/// <summary>Movements to entries with the balance after each: two entries a movement, one for what is minted or destroyed.</summary>
internal sealed class Bookkeeper(ChainReader reader, IndexStore store)
{
    private const int KeysPerQuery = 400;

    /// <summary>Fills the batch's accounts and entries.</summary>
    public async Task BookAsync(IndexBatch batch, RowBuilder rows, CancellationToken cancellation)
    {
        await LoadAsync(batch, rows, cancellation);
        long block = -1;
        int number = 0;
        foreach ((long at, Movement movement) in rows.Movements)
        {
            if (at != block) (block, number) = (at, 0);
            if (movement.From is { } from) Enter(batch, movement, from, movement.To, isCredit: false, RowId.Of(at, number++));
            if (movement.To is { } to) Enter(batch, movement, to, movement.From, isCredit: true, RowId.Of(at, number++));
        }
    }

    private static void Enter(IndexBatch batch, Movement movement, Address account, Address? other, bool isCredit, long id)
    {
        AccountRow row = batch.Accounts[account];
        if (!isCredit && row.Balance < movement.Amount)
            throw new ContradictionException($"{account} pays {movement.Amount} wei in block {RowId.BlockOf(id)} and has {row.Balance}");
        row.Balance = isCredit ? row.Balance + movement.Amount : row.Balance - movement.Amount;
        batch.Entries.Add(new EntryRow
        {
            Id = id,
            Account = account,
            Counterparty = other,
            Kind = movement.Kind,
            IsCredit = isCredit,
            Amount = movement.Amount,
            Balance = row.Balance,
            TransactionId = movement.TransactionId,
            EventId = movement.EventId,
        });
    }

    private async Task LoadAsync(IndexBatch batch, RowBuilder rows, CancellationToken cancellation)
    {
        using IndexContext context = store.Read();
        foreach (Address[] chunk in rows.Touched.Keys.Chunk(KeysPerQuery))
        {
            foreach (AccountRow known in await context.Accounts.Where(account => chunk.Contains(account.Address)).ToListAsync(cancellation))
                batch.Accounts[known.Address] = known;
        }

        Address[] strangers = [.. rows.Touched.Keys.Where(account => !batch.Accounts.ContainsKey(account))];
        UInt128[] opening = await OpeningsAsync(strangers, batch.Before.Height, cancellation);
        for (int i = 0; i < strangers.Length; i++)
        {
            batch.Accounts[strangers[i]] = new AccountRow
            {
                Address = strangers[i],
                Opening = opening[i],
                Balance = opening[i],
                Sent = 0,
                FirstBlock = rows.Touched[strangers[i]].First,
                LastBlock = 0,
            };
        }

        foreach ((Address account, (long Sent, long First, long Last) touch) in rows.Touched)
        {
            AccountRow row = batch.Accounts[account];
            row.Sent += touch.Sent;
            row.LastBlock = touch.Last;
        }
    }

    // An account that nothing has touched yet still has what it had in block 0. A node drops old states; that before this batch it has
    // when the index keeps up with it.
    private async Task<UInt128[]> OpeningsAsync(Address[] strangers, long before, CancellationToken cancellation)
    {
        if (strangers.Length == 0) return [];
        return await reader.BalancesAsync(strangers, 0, cancellation)
            ?? (before > 0 ? await reader.BalancesAsync(strangers, before, cancellation) : null)
            ?? throw new OpeningUnknownException();
    }
}

/// <summary>The node has neither the state of block 0, in which ledgers begin, nor the one before the blocks to index.</summary>
public sealed class OpeningUnknownException() : Exception(
    "the node no longer has the balances in which ledgers begin: neither block 0's nor those before the blocks to index; "
    + "index from a node that has kept older states");
