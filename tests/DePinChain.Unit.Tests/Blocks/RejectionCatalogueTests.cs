using System.Reflection;
using DePinChain.Blocks;

namespace DePinChain.Unit.Tests.Blocks;

public sealed class RejectionCatalogueTests
{
    private static IEnumerable<FieldInfo> Fields =>
        typeof(Rejections).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.FieldType == typeof(Rejection));

    [Test]
    public void The_list_holds_every_rejection_ascending_by_code() =>
        Assert.That(
            Rejections.All, Is.EqualTo(Fields.Select(f => (Rejection)f.GetValue(null)!).OrderBy(r => r.Code)));

    [Test]
    public void A_rejection_is_named_as_its_field()
    {
        foreach (FieldInfo field in Fields) Assert.That(((Rejection)field.GetValue(null)!).Name, Is.EqualTo(field.Name));
    }

    [Test]
    public void No_code_is_used_twice() => Assert.That(Rejections.All.Select(r => r.Code), Is.Unique);

    [Test]
    public void A_rejection_tells_what_was_needed_and_what_was_had()
    {
        Rejection rejection = Rejections.NonceTooLow.Explain("next nonce 5, tx nonce 3").With("5", "3");
        Assert.That(
            rejection.ToString(),
            Is.EqualTo("nonce too low: next nonce 5, tx nonce 3 (the nonce is used; read eth_getTransactionCount)"));
        Assert.That((rejection.Needed, rejection.Had), Is.EqualTo(("5", "3")));
    }
}
