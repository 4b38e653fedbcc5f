"""The assistant's retrieval as a LangChain retriever, for those who build on LangChain. Its types stop here."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.answer import Assistant
from assistant.types import Filters


class GuidanceRetriever(BaseRetriever):
    """Gives the passages found for a question, best first; none where the evidence does not reach `least_probability`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    filters: Filters = Filters()
    least_probability: float = 0.0

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        _, retrieval, evidence = self.assistant.search(query, filters=self.filters)
        if evidence.probability < self.least_probability:
            return []
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "source_id": hit.source.id,
                    "title": hit.source.title,
                    "publisher": hit.source.publisher,
                    "url": hit.source.url,
                    "page": hit.passage.page,
                    "heading_path": list(hit.passage.heading_path),
                    "source_status": hit.source.status.value,
                    "content": hit.source.content.value,
                },
            )
            for hit in retrieval.hits
        ]
