// SPDX-License-Identifier: GPL-2.0-only
// contrib/m3/doc/m3.rst lists the attributes and trace sources that the code has; all pages name the same version.
#include "ns3/m3-rdma-network.h"
#include "ns3/string.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

using namespace ns3;
using namespace ns3::m3;

namespace
{

/// First and last cell of each row of the table with a title.
std::map<std::string, std::vector<std::string>> RowsOf(const std::string& title)
{
    std::ifstream page(std::string(M3_MODULE_DIR) + "/doc/m3.rst");
    std::string line;
    while (std::getline(page, line) && line != ".. list-table:: " + title)
    {
    }
    std::map<std::string, std::vector<std::string>> rows;
    std::string name;
    while (std::getline(page, line) && (line.empty() || line[0] == ' '))
    {
        if (line.rfind("   * - ``", 0) == 0)
        {
            name = line.substr(9, line.size() - 11);
        }
        else if (line.rfind("     - ", 0) == 0 && !name.empty())
        {
            rows[name].push_back(line.substr(7));
        }
    }
    return rows;
}

/// The row of an attribute as the page should have it.
std::string RowOf(const TypeId::AttributeInformation& attribute)
{
    return "the row should be:\n   * - ``" + attribute.name + "``\n     - " +
           attribute.initialValue->SerializeToString(attribute.checker) + "\n     - " + attribute.help + "\n";
}

} // namespace

TEST(Documentation, ListsTheAttributes)
{
    const auto rows = RowsOf("Attributes of ns3::m3::RdmaNetwork");
    const TypeId type = RdmaNetwork::GetTypeId();
    EXPECT_EQ(rows.size(), type.GetAttributeN());
    for (std::size_t i = 0; i < type.GetAttributeN(); i++)
    {
        const TypeId::AttributeInformation attribute = type.GetAttribute(i);
        EXPECT_TRUE(rows.count(attribute.name)) << RowOf(attribute);
        if (rows.count(attribute.name) == 0)
        {
            continue;
        }
        const auto& cells = rows.at(attribute.name);
        EXPECT_EQ(cells.at(1), attribute.help) << RowOf(attribute);
        // the default as the page has it, read back, is that of the code
        Ptr<AttributeValue> value = attribute.checker->Create();
        ASSERT_TRUE(value->DeserializeFromString(cells.at(0), attribute.checker)) << attribute.name << ' ' << cells[0];
        EXPECT_EQ(value->SerializeToString(attribute.checker),
                  attribute.initialValue->SerializeToString(attribute.checker))
            << attribute.name;
    }
}

TEST(Documentation, ListsTheTraceSources)
{
    const auto rows = RowsOf("Trace sources of ns3::m3::RdmaNetwork");
    const TypeId type = RdmaNetwork::GetTypeId();
    EXPECT_EQ(rows.size(), type.GetTraceSourceN());
    for (std::size_t i = 0; i < type.GetTraceSourceN(); i++)
    {
        ASSERT_TRUE(rows.count(type.GetTraceSource(i).name)) << type.GetTraceSource(i).name;
        EXPECT_EQ(rows.at(type.GetTraceSource(i).name).at(0), type.GetTraceSource(i).help);
    }
}

TEST(Documentation, NamesOneVersion)
{
    std::string version;
    std::getline(std::ifstream(std::string(M3_MODULE_DIR) + "/VERSION"), version);
    ASSERT_FALSE(version.empty());
    for (const std::string page : {"CHANGES.md", "RELEASE_NOTES.md"})
    {
        std::ifstream file(std::string(M3_MODULE_DIR) + "/" + page);
        std::string line;
        while (std::getline(file, line) && line.rfind("## ", 0) != 0)
        {
        }
        EXPECT_EQ(line, "## " + version) << page;
    }
    std::stringstream readme;
    readme << std::ifstream(std::string(M3_MODULE_DIR) + "/README.md").rdbuf();
    EXPECT_NE(readme.str().find("| " + version + " |"), std::string::npos);
}
