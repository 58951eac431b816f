// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HTML_PAGE_H
#define M3_HTML_PAGE_H

#include "core/text-format.h"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-report
 * A self-contained HTML page: style and pictures are in it, it loads nothing and runs no script. It reads from 320
 * pixels on, in light, in dark and on paper. Sections have a heading, are landmarks, and are listed at the top. What is
 * written to the stream comes between `<main>` and `</main>`; texts are escaped by the writer (HtmlText()).
 */
class HtmlPage : public TextStream
{
  public:
    /// Begins a section with a heading of level 2. \param title plain text, unique on the page
    void BeginSection(const std::string& title);

    /// Ends the section that was begun last.
    void EndSection();

    /**
     * Writes a section with facts about the scenario. \param note sentence above them, may be empty \param facts name
     * and value of each \param command command that makes the page again, may be empty
     */
    void WriteScenario(const std::string& note,
                       const std::vector<std::pair<std::string, std::string>>& facts,
                       const std::string& command);

    /// Writes the page. \param title plain text of the browser's tab \param out UTF-8
    void WriteTo(const std::string& title, std::ostream& out) const;

  private:
    std::vector<std::string> m_titles; //!< Of the sections, in order.
};

} // namespace ns3::m3

#endif // M3_HTML_PAGE_H
