using DePinChain.Client.Compliance;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Compliance;

/// <summary>Trees of claims and of gaps: hashes from outside, and every branch leads to the root.</summary>
public sealed class ScreeningListTests
{
    private static readonly Address Low = Address.FromLow(0xb00), High = Address.FromLow(0xc00), Between = Address.FromLow(0xb0b);

    // Listed: 0xb00 and 0xc00; leaves of the gaps and the root by a Keccak in Python.
    private static readonly Hash256 First = Hash256.Parse("0xfd800bcc846835e752fb2ab187a5c34c887a3c6bd7d87f6e3ba10fa4320bfe55");
    private static readonly Hash256 Third = Hash256.Parse("0x2313c627a506647361a4292161080e8228270413adce2b9e34395e2eb630c739");
    private static readonly Hash256 Root = Hash256.Parse("0x86857aedb37d5f3a1564f5cf099fd4105cd2824f6b139b22f7e4d8834a4df0bc");

    [Test]
    public void Who_is_not_listed_lies_in_a_gap_that_leads_to_the_root()
    {
        ScreeningList list = new([High, Low, Low]);
        Assert.That((list.Count, list.Root), Is.EqualTo((2, Root)));
        ListGap gap = list.FindGap(Between)!;
        Assert.That((gap.Low, gap.High), Is.EqualTo((Low, High)));
        Assert.That(gap.Branch, Is.EqualTo(new[] { First, Third }));
        Assert.That(list.FindGap(Low), Is.Null);
        Assert.That(list.FindGap(High), Is.Null);
        Assert.That(list.FindGap(Address.FromLow(0xc01))!.Branch, Has.Count.EqualTo(1), "the odd one goes up alone");
    }

    [Test]
    public void A_file_has_an_address_a_line_and_remarks()
    {
        ScreeningList list = ScreeningList.Read($"# a list\n{Low}  # why\n\n{High}\r\n");
        Assert.That(list.Root, Is.EqualTo(Root));
        Assert.That(
            () => ScreeningList.Read($"{Low}\n0x12"), Throws.TypeOf<FormatException>().With.Message.EqualTo("line 2 is no address: 0x12"));
        Assert.That(ScreeningList.Read("").FindGap(Low)!.Branch, Is.Empty, "an empty list is one gap");
    }

    [Test]
    public void Claims_have_the_leaves_and_the_root_that_ethers_computes()
    {
        // Leaves of ("country", "DE", 1), ("accredited", "yes", 2) and ("name", "Ada Lovelace", 3) by ethers 6.17.
        (string Name, string Value)[] claims = [("country", "DE"), ("accredited", "yes"), ("name", "Ada Lovelace")];
        ClaimTree tree = new([.. claims.Select(
            (claim, i) => ClaimTree.LeafOf(claim.Name, claim.Value, ((UInt256)(ulong)(i + 1)).ToHash256()))]);
        Assert.That(tree.Root, Is.EqualTo(Hash256.Parse("0x065e3c5d9ae65db3bbe83c666179f1e409fc1ccd1790f56c14a90c108a40f84f")));
        Assert.That(tree.BranchOf(0)[0], Is.EqualTo(Hash256.Parse("0x126173e2afd512366a714da81abacf2e2772f62b38a1248b52b4c38cea7d8965")));
        Assert.That(tree.BranchOf(2), Has.Length.EqualTo(1));
        Assert.That(() => new ClaimTree([]), Throws.ArgumentException);
    }
}
