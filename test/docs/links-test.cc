// SPDX-License-Identifier: GPL-2.0-only
// Links between the pages lead to files and headings that are there.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace
{

namespace fs = std::filesystem;

/// The anchor of a heading, as GitHub makes it: small letters, digits, - and _, a - for each blank, nothing for others.
std::string AnchorOf(const std::string& heading)
{
    std::string anchor;
    for (const char c : heading)
    {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || (c & 0x80))
        {
            anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        else if (c == ' ')
        {
            anchor += '-';
        }
    }
    return anchor;
}

std::set<std::string> AnchorsOf(const fs::path& page)
{
    std::set<std::string> anchors;
    std::ifstream file(page);
    bool isCode = false;
    for (std::string line; std::getline(file, line);)
    {
        isCode ^= line.rfind("```", 0) == 0;
        const std::size_t blank = line.find(' ');
        if (!isCode && !line.empty() && line[0] == '#' && line.find_first_not_of('#') == blank)
        {
            anchors.insert(AnchorOf(line.substr(blank + 1)));
        }
    }
    return anchors;
}

/// What is wrong with a link, "" if nothing is.
std::string ProblemOf(const fs::path& page, const std::string& link)
{
    if (link.find("://") != std::string::npos)
    {
        return "";
    }
    const std::size_t hash = link.find('#');
    const std::string file = link.substr(0, hash);
    const fs::path target = file.empty() ? page : page.parent_path() / file;
    if (!fs::exists(target))
    {
        return "there is no such file";
    }
    if (hash != std::string::npos && AnchorsOf(target).count(link.substr(hash + 1)) == 0)
    {
        return "there is no such heading";
    }
    return "";
}

std::vector<fs::path> Pages()
{
    const fs::path root = fs::path(M3_MODULE_DIR) / "../..";
    std::vector<fs::path> pages = {root / "README.md", root / "CONTRIBUTING.md"};
    for (const fs::path& folder : {root / "docs", fs::path(M3_MODULE_DIR)})
    {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
        {
            if (entry.path().extension() == ".md")
            {
                pages.push_back(entry.path());
            }
        }
    }
    return pages;
}

} // namespace

TEST(Documentation, LinksLeadToFilesAndHeadings)
{
    EXPECT_EQ(AnchorOf("The paper's fabric, matrices and sizes"), "the-papers-fabric-matrices-and-sizes");
    EXPECT_EQ(ProblemOf(Pages().front(), "docs/nothing.md"), "there is no such file");
    EXPECT_EQ(ProblemOf(Pages().front(), "docs/guide.md#nothing"), "there is no such heading");
    const std::regex link(R"(\]\(([^)\s]+)\))");
    std::size_t links = 0;
    for (const fs::path& page : Pages())
    {
        std::stringstream text;
        text << std::ifstream(page).rdbuf();
        const std::string content = text.str();
        for (auto found = std::sregex_iterator(content.begin(), content.end(), link); found != std::sregex_iterator();
             ++found)
        {
            EXPECT_EQ(ProblemOf(page, (*found)[1]), "") << page << ": " << (*found)[1];
            links++;
        }
    }
    EXPECT_GT(links, 50U);
}
