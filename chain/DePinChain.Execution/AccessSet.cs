using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>What a transaction, or a block's start, has touched: the first touch costs more (EIP-2929). A revert does not forget
/// it.</summary>
internal sealed class AccessSet
{
    private readonly LookupTable<(Address Account, Hash256 Location), bool> _records = new();
    private readonly LookupTable<Address, bool> _accounts = new();
    private readonly List<(Address Account, Hash256 Location)> _touched = SpareLists<(Address Account, Hash256 Location)>.Take();

    /// <summary>True the first time.</summary>
    public bool Touch(Address account, in Hash256 location)
    {
        (Address, Hash256) key = (account, location);
        if (_records.Contains(key)) return false;
        _records[key] = true;
        _touched.Add(key);
        return true;
    }

    /// <summary>True the first time.</summary>
    public bool TouchAccount(Address account)
    {
        if (_accounts.Contains(account)) return false;
        _accounts[account] = true;
        return true;
    }

    /// <summary>EIP-2930: what the access list paid for counts as touched.</summary>
    public void Warm(IReadOnlyList<AccessListEntry> accessList)
    {
        foreach (AccessListEntry entry in accessList)
        {
            TouchAccount(entry.Address);
            foreach (Hash256 key in entry.StorageKeys) Touch(entry.Address, key);
        }
    }

    /// <summary>Gives the memory back; the set is void from now on.</summary>
    public void Recycle()
    {
        _records.Recycle();
        _accounts.Recycle();
        SpareLists<(Address Account, Hash256 Location)>.Return(_touched);
    }

    public void Clear()
    {
        if (_records.Count > 0) _records.Clear();
        if (_accounts.Count > 0) _accounts.Clear();
        _touched.Clear();
    }

    /// <summary>The touched records as an access list, ascending by account, then by location; bodies, which have no account, are left
    /// out.</summary>
    public IReadOnlyList<AccessListEntry> ToAccessList()
    {
        var sorted = _touched.Where(t => !t.Account.IsZero).Order().ToList();
        var list = new List<AccessListEntry>();
        for (int i = 0; i < sorted.Count;)
        {
            int end = i;
            while (end < sorted.Count && sorted[end].Account == sorted[i].Account) end++;
            list.Add(new AccessListEntry(sorted[i].Account, [.. sorted[i..end].Select(t => t.Location)]));
            i = end;
        }
        return list;
    }
}
