using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DePinChain.Indexer.Store;

/// <summary>A table as EF Core's model has it, with a fast way to read a row's columns: bulk writing follows the model by
/// itself.</summary>
internal sealed class RowTable<T>
    where T : class
{
    private readonly Func<T, object?>[] _readers;

    public RowTable(IModel model)
    {
        IEntityType type = model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no table");
        IProperty[] properties = [.. type.GetProperties()];
        Name = type.GetTableName() ?? throw new InvalidOperationException($"{typeof(T).Name} has no table");
        Columns = [.. properties.Select(property => property.GetColumnName())];
        Keys = [.. type.FindPrimaryKey()?.Properties.Select(property => property.GetColumnName()) ?? []];
        _readers = [.. properties.Select(ReaderOf)];
    }

    public string Name { get; }

    public IReadOnlyList<string> Columns { get; }

    public IReadOnlyList<string> Keys { get; }

    /// <summary>A column's value as the database takes it.</summary>
    public object? Read(T row, int column) => _readers[column](row);

    private static Func<T, object?> ReaderOf(IProperty property)
    {
        ParameterExpression row = Expression.Parameter(typeof(T));
        var read = Expression.Lambda<Func<T, object?>>(
            Expression.Convert(Expression.Property(row, property.PropertyInfo!), typeof(object)), row).Compile(); // no shadow properties
        ValueConverter? converter = property.GetValueConverter() ?? property.FindTypeMapping()?.Converter;
        return converter is null ? read : row => read(row) is { } value ? converter.ConvertToProvider(value) : null;
    }
}
