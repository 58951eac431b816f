// SPDX-License-Identifier: GPL-2.0-only
#include "eval-result.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-text-file.h"
#include "report/run-gnuplot.h"
#include "report/table-json.h"

#include <cstdio>
#include <sstream>

namespace ns3::m3::eval
{

namespace
{

Json ResultJson(const EvalResult& result)
{
    Json facts = Json::array();
    for (const auto& [name, value] : result.provenance.Facts())
    {
        facts.push_back({name, value});
    }
    Json tables = Json::array();
    for (const ReportTable& table : result.tables)
    {
        tables.push_back(TableJson(table));
    }
    Json pictures = Json::array();
    for (const EvalPicture& picture : result.pictures)
    {
        pictures.push_back({{"name", picture.name}, {"caption", picture.caption}});
    }
    return {{"section", result.section},
            {"title", result.title},
            {"text", result.text},
            {"facts", facts},
            {"tables", tables},
            {"pictures", pictures}};
}

void Draw(const EvalPicture& picture, const std::string& file)
{
    std::ostringstream script;
    const std::string size = std::to_string(picture.width) + ',' + std::to_string(picture.height);
    script << "set encoding utf8\n"
           << GnuplotTerminal(file, size, "sans,11") << "set grid lc rgb '#dddddd'\n"
           << picture.script << '\n';
    RunGnuplot(script.str(), file);
}

} // namespace

void WriteResult(const EvalResult& result, const std::string& folder)
{
    MakeFolder(folder);
    for (const ReportTable& table : result.tables)
    {
        WriteWholeFile(folder + "/" + table.name + ".csv", [&](std::ostream& out) { WriteTableCsv(table, out); });
    }
    for (const EvalPicture& picture : result.pictures)
    {
        Draw(picture, folder + "/" + picture.name + ".png");
    }
    const std::string json = ResultJson(result).dump(1);
    WriteWholeFile(folder + "/result.json", [&](std::ostream& out) { out << json << '\n'; });
}

void WriteResult(const EvalResult& result, const std::string& folder, const std::string& page)
{
    if (folder.empty())
    {
        return;
    }
    WriteResult(result, folder);
    std::printf("written: tables, pictures and result.json in %s\n", folder.c_str());
    if (!page.empty())
    {
        UpdatePage({folder}, page);
        std::printf("written: %s\n", page.c_str());
    }
}

} // namespace ns3::m3::eval
