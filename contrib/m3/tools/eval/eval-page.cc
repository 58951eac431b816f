// SPDX-License-Identifier: GPL-2.0-only
#include "eval-result.h"
#include "eval-suites.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-text-file.h"
#include "report/table-json.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ns3::m3::eval
{

namespace
{

namespace fs = std::filesystem;

/// Reads the result of a section. \throws InputError for a file that is not complete
Json ReadSection(const std::string& file)
{
    std::ifstream in(file);
    try
    {
        const Json section = Json::parse(in);
        for (const char* key : {"title", "text", "facts", "tables", "pictures"})
        {
            section.at(key);
        }
        const std::string name = section.at("section");
        if (!name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos)
        {
            return section;
        }
    }
    catch (const Json::exception&)
    {
    }
    throw InputError(file, 0, "", "is not a result of m3-eval");
}

/// Keeps the rows with a text in a column, if the table has the column and such rows. \return whether it has
bool KeepRows(ReportTable& table, const std::string& column, const std::string& text)
{
    for (std::size_t c = 0; c < table.columns.size(); c++)
    {
        if (table.columns[c].name != column)
        {
            continue;
        }
        std::vector<std::vector<ReportCell>> kept;
        std::copy_if(table.rows.begin(),
                     table.rows.end(),
                     std::back_inserter(kept),
                     [&](const std::vector<ReportCell>& row) { return !row[c].IsMissing() && row[c].Text() == text; });
        if (!kept.empty())
        {
            table.rows = kept;
            return true;
        }
    }
    return false;
}

/// Writes a table of a section: whole where it is short, else the rows of all flows, or those of m3 and of what was
/// published of it. Its caption says which.
void WriteSummary(ReportTable table, std::ostream& out)
{
    constexpr std::size_t MAX_ROWS = 12;
    if (table.rows.size() > MAX_ROWS)
    {
        table.caption += KeepRows(table, "class", "all")   ? " Here are the rows of all flows."
                         : KeepRows(table, "engine", "m3") ? " Here are the rows of m3."
                                                           : "";
    }
    WriteTableMarkdown(table, out);
}

/// Writes a section: its first picture and a summary of its first table, then links to all tables and pictures, then
/// how it was made. \param folder of its files, as the page names it
void WriteSection(const Json& section, const std::string& folder, std::ostream& out)
{
    out << "## " << section.at("title").get<std::string>() << "\n\n" << section.at("text").get<std::string>() << "\n\n";
    const Json& pictures = section.at("pictures");
    const auto file = [&](const Json& part, const char* ending)
    { return "(" + folder + "/" + part.at("name").get<std::string>() + ending + ")"; };
    if (!pictures.empty())
    {
        const std::string caption = pictures.front().at("caption");
        out << "![" << caption << "]" << file(pictures.front(), ".png") << "\n\n" << caption << "\n\n";
    }
    const Json& tables = section.at("tables");
    if (!tables.empty())
    {
        WriteSummary(TableOfJson(tables.front()), out);
    }
    const auto list = [&](const char* what, const Json& parts, std::size_t first, const char* ending)
    {
        for (std::size_t i = first; i < parts.size(); i++)
        {
            out << (i == first ? what : ", ") << '[' << parts[i].at("name").get<std::string>() << ']'
                << file(parts[i], ending);
        }
        out << (parts.size() > first ? "\n" : "");
    };
    list("- Tables: ", tables, 0, ".csv");
    list("- More pictures: ", pictures, 1, ".png");
    for (const Json& fact : section.at("facts"))
    {
        const bool command = fact.at(0) == COMMAND_FACT;
        out << "- " << fact.at(0).get<std::string>() << ": " << (command ? "`" : "") << fact.at(1).get<std::string>()
            << (command ? "`" : "") << '\n';
    }
    out << '\n';
}

/// Writes the tables of a section as CSV files beside its result.
void WriteTables(const Json& section, const fs::path& folder)
{
    for (const Json& json : section.at("tables"))
    {
        const ReportTable table = TableOfJson(json);
        WriteWholeFile((folder / (table.name + ".csv")).string(),
                       [&](std::ostream& out) { WriteTableCsv(table, out); });
    }
}

/// Copies a result to the folder of the page, without the tables that are not shown.
void CopyResult(const std::string& from, const fs::path& to)
{
    Json section = ReadSection(from + "/result.json");
    const std::string name = section.at("section");
    Json shown = Json::array();
    for (const Json& table : section.at("tables"))
    {
        if (table.at("on_page") == true)
        {
            shown.push_back(table);
        }
    }
    section["tables"] = shown;
    const fs::path folder = to / name;
    fs::remove_all(folder);
    MakeFolder(folder.string());
    for (const Json& picture : section.at("pictures"))
    {
        const std::string file = picture.at("name").get<std::string>() + ".png";
        WriteWholeFile((folder / file).string(),
                       [&](std::ostream& out)
                       { out << std::ifstream(fs::path(from) / file, std::ios::binary).rdbuf(); });
    }
    WriteWholeFile((folder / "result.json").string(), [&](std::ostream& out) { out << section.dump(1) << '\n'; });
}

/// The command that writes the page.
class ResultsPage : public Command
{
  public:
    ResultsPage()
        : Command("Writes the page of results.")
    {
    }

  protected:
    void AddOptions(ProgramOptions& program) override
    {
        program.Add("in", "folders written by suites, separated by commas", m_in, "FOLDER,FOLDER");
        program.Add("page", "Markdown file to write; plots and tables go to the folder with its name", m_page, "FILE");
    }

    int Run() override
    {
        const std::vector<std::string> folders = SplitList(m_in);
        if (folders.empty())
        {
            throw InputError("page needs --in=FOLDER,FOLDER");
        }
        OutputPaths paths;
        paths.AddFile(m_page);
        UpdatePage(folders, m_page);
        std::printf("written: %s\n", m_page.c_str());
        return 0;
    }

  private:
    std::string m_in;
    std::string m_page = "docs/results.md";
};

} // namespace

void UpdatePage(const std::vector<std::string>& folders, const std::string& page)
{
    for (const std::string& folder : folders)
    {
        ReadSection(folder + "/result.json");
    }
    const fs::path store = fs::path(page).replace_extension();
    MakeFolder(store.string());
    for (const std::string& folder : folders)
    {
        CopyResult(folder, store);
    }
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(store))
    {
        if (fs::exists(entry.path() / "result.json"))
        {
            files.push_back((entry.path() / "result.json").string());
        }
    }
    std::sort(files.begin(), files.end());
    std::ostringstream text;
    text << "# Results\n\nWritten by `m3-eval page` from the results of its suites; every section names the command, "
            "the commit and the machine of its figures, and opens with a picture and a short table; all rows are in "
            "the CSV "
            "files beside. An error is (estimate - packet-level value) / packet-level "
            "value of a quantile of slowdown. Times are elapsed times of runs side by side; processor times are of all "
            "threads.\n\n";
    for (const std::string& file : files)
    {
        const Json section = ReadSection(file);
        const fs::path folder = fs::path(file).parent_path();
        WriteTables(section, folder);
        WriteSection(section, (store.filename() / folder.filename()).string(), text);
    }
    std::string whole = text.str();
    whole.pop_back();
    WriteWholeFile(page, [&](std::ostream& out) { out << whole; });
}

std::unique_ptr<Command> MakePage()
{
    return std::make_unique<ResultsPage>();
}

} // namespace ns3::m3::eval
